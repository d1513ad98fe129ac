using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Maxwell;

/// <summary>A table layout as Maxwell's JSON writes it.</summary>
internal sealed class MaxwellTable : JsonTable<MaxwellColumn>
{
    private MaxwellTable(TableLayout layout, SerializationSettings settings, byte[] names)
        : base(
            layout,
            [.. layout.Columns.Select((column, i) => new MaxwellColumn(column, layout.Definition?.Columns[i]))],
            settings,
            (column, isFirst) => [.. isFirst ? names : [], (byte)',', .. JsonText.Quote("pk." + LowerCase(column.Name)), (byte)':'])
    {
        Start = [.. names, .. ",\"type\":\""u8];
    }

    /// <summary>A value up to the content of <c>type</c>.</summary>
    public byte[] Start { get; }

    /// <summary>Worked out at the first row of a layout, kept with it.</summary>
    public static MaxwellTable Of(TableLayout layout, SerializationSettings settings) => (MaxwellTable)(layout.Prepared ??= new MaxwellTable(layout, settings, Names(layout.Table)));

    private static byte[] Names(SourceTable table) => [.. "{\"database\":"u8, .. JsonText.Quote(table.Schema), .. ",\"table\":"u8, .. JsonText.Quote(table.Name)];

    private static string LowerCase(string name) => string.Create(name.Length, name, static (target, text) => text.AsSpan().ToLowerInvariant(target));
}
