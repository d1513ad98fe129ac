using System.Globalization;

namespace Canal.Client;

/// <summary>How two binlog positions stand to each other.</summary>
public enum BinlogOrder
{
    /// <summary>The first is earlier.</summary>
    Before,

    /// <summary>Both are the same event.</summary>
    Same,

    /// <summary>The first is later.</summary>
    After,

    /// <summary>Different base names: another server, or a renamed log. No order exists.</summary>
    NotComparable,
}

/// <summary>Start of an event in a server's binlog.</summary>
/// <param name="File">Binlog file, such as <c>mysql-bin.000123</c>.</param>
/// <param name="Offset">Start offset of the event, bytes.</param>
/// <remarks>
/// Positions of one server are ordered by the number at the end of the file name (not as text: 1000000 follows 999999), then by
/// offset. Equal base names do not prove the same server: RESET MASTER or another server start the numbers again.
/// </remarks>
public readonly record struct BinlogPosition(string File, long Offset)
{
    /// <summary>Compares with another position.</summary>
    public BinlogOrder CompareTo(BinlogPosition other)
    {
        int files = 0;
        if (!string.Equals(File, other.File, StringComparison.Ordinal))
        {
            if (!TrySplit(File, out ReadOnlySpan<char> ownBase, out long ownNumber)
                || !TrySplit(other.File, out ReadOnlySpan<char> otherBase, out long otherNumber)
                || !ownBase.SequenceEqual(otherBase))
            {
                return BinlogOrder.NotComparable;
            }

            files = ownNumber.CompareTo(otherNumber);
        }

        return (files != 0 ? files : Offset.CompareTo(other.Offset)) switch
        {
            < 0 => BinlogOrder.Before,
            0 => BinlogOrder.Same,
            > 0 => BinlogOrder.After,
        };
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Offset}");

    private static bool TrySplit(string file, out ReadOnlySpan<char> baseName, out long number)
    {
        int dot = file.LastIndexOf('.');
        baseName = dot < 0 ? default : file.AsSpan(0, dot);
        number = 0;
        return dot >= 0 && long.TryParse(file.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
