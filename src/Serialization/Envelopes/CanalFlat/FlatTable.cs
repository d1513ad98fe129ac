using System.Globalization;
using System.Text;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.CanalFlat;

/// <summary>A table layout as the flat JSON writes it.</summary>
internal sealed class FlatTable : JsonTable<JsonColumn>
{
    private FlatTable(TableLayout layout, SerializationSettings settings)
        : base(
            layout,
            [.. layout.Columns.Select(static column => new JsonColumn(column, JsonText.Quote<FastjsonRule>(column.Name)))],
            settings,
            static (column, isFirst) => isFirst ? [(byte)'{', .. column.Member] : column.MemberAfterComma)
    {
        ColumnLayout[] kept = [.. layout.Columns.Where(column => settings.Keeps(layout.Table, column.Name))];
        MysqlTypes = [.. Object(kept, static column => Encoding.UTF8.GetString(JsonText.Quote<FastjsonRule>(column.MysqlType))), .. ",\"old\":"u8];
        string keys = string.Join(',', layout.KeyColumns.Select(key => Encoding.UTF8.GetString(JsonText.Quote<FastjsonRule>(layout.Columns[key].Name))));
        UntilTable =
        [
            .. ",\"pkNames\":"u8, .. Encoding.UTF8.GetBytes(keys.Length == 0 ? "null" : $"[{keys}]"), .. ",\"sql\":\"\",\"sqlType\":"u8,
            .. Object(kept, static column => JdbcTypes.Of(column).ToString(CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>Content of <c>mysqlType</c>, up to the content of <c>old</c>.</summary>
    public byte[] MysqlTypes { get; }

    /// <summary>What stands between <c>old</c> and <c>table</c>.</summary>
    public byte[] UntilTable { get; }

    /// <summary>Worked out at the first row of a layout, kept with it.</summary>
    public static FlatTable Of(TableLayout layout, SerializationSettings settings) => (FlatTable)(layout.Prepared ??= new FlatTable(layout, settings));

    private static byte[] Object(ColumnLayout[] columns, Func<ColumnLayout, string> value) => Encoding.UTF8.GetBytes(
        $"{{{string.Join(',', columns.Select(column => $"{Encoding.UTF8.GetString(JsonText.Quote<FastjsonRule>(column.Name))}:{value(column)}"))}}}");
}
