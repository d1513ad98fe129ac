namespace CanalBridge.Testing.Tables;

/// <summary>How many records of each operation a table's topic must hold.</summary>
internal sealed record ChangeCounts(long Created, long Updated, long Deleted)
{
    public static ChangeCounts None { get; } = new(0, 0, 0);

    public ChangeCounts Plus(ChangeCounts other) => new(Created + other.Created, Updated + other.Updated, Deleted + other.Deleted);

    public override string ToString() => $"{Created} c, {Updated} u, {Deleted} d";
}
