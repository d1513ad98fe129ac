using System.Text;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>Connect's schemas of a table's keys and values as JSON text, and what stands around the payload when they are on.</summary>
/// <remarks>Members in the order of Connect's JsonConverter: type, fields, optional, name, version, doc, parameters, default, field.</remarks>
internal static class ConnectSchemas
{
    /// <summary>Behind the payload.</summary>
    public const byte End = (byte)'}';

    private const string Block = """
        {"type":"struct","fields":[{"type":"string","optional":false,"field":"id"},{"type":"int64","optional":false,"field":"total_order"},{"type":"int64","optional":false,"field":"data_collection_order"}],"optional":true,"name":"event.block","version":1,"field":"transaction"}
        """;

    /// <summary>Of <c>source</c>, with CONNECTOR for the connector's name.</summary>
    internal const string Source = """
        {"type":"struct","fields":[{"type":"string","optional":false,"field":"version"},{"type":"string","optional":false,"field":"connector"},{"type":"string","optional":false,"field":"name"},{"type":"int64","optional":false,"field":"ts_ms"},{"type":"string","optional":true,"name":"io.debezium.data.Enum","version":1,"parameters":{"allowed":"true,first,first_in_data_collection,last_in_data_collection,last,false,incremental"},"default":"false","field":"snapshot"},{"type":"string","optional":false,"field":"db"},{"type":"string","optional":true,"field":"sequence"},{"type":"int64","optional":true,"field":"ts_us"},{"type":"int64","optional":true,"field":"ts_ns"},{"type":"string","optional":true,"field":"table"},{"type":"int64","optional":false,"field":"server_id"},{"type":"string","optional":true,"field":"gtid"},{"type":"string","optional":false,"field":"file"},{"type":"int64","optional":false,"field":"pos"},{"type":"int32","optional":false,"field":"row"},{"type":"int64","optional":true,"field":"thread"},{"type":"string","optional":true,"field":"query"}],"optional":false,"name":"io.debezium.connector.CONNECTOR.Source","version":1,"field":"source"}
        """;

    private const string PointFields = """{"type":"double","optional":false,"field":"x"},{"type":"double","optional":false,"field":"y"},{"type":"bytes","optional":true,"field":"wkb"},{"type":"int32","optional":true,"field":"srid"}""";

    private const string GeometryFields = """{"type":"bytes","optional":false,"field":"wkb"},{"type":"int32","optional":true,"field":"srid"}""";

    /// <summary><c>{"schema":…,"payload":</c> of the keys.</summary>
    /// <param name="topic">Topic of the table.</param>
    /// <param name="columns">Key columns in key order.</param>
    public static byte[] KeyStart(string topic, DebeziumColumn[] columns) =>
        Encoding.UTF8.GetBytes($$"""{"schema":{"type":"struct","fields":[{{Fields(columns)}}],"optional":false,"name":"{{topic}}.Key"},"payload":""");

    /// <summary><c>{"schema":…,"payload":</c> of the values.</summary>
    /// <param name="topic">Topic of the table.</param>
    /// <param name="columns">Columns in table order.</param>
    /// <param name="connector">Debezium's name of the connector.</param>
    public static byte[] ValueStart(string topic, DebeziumColumn[] columns, string connector)
    {
        string row = $$"""{"type":"struct","fields":[{{Fields(columns)}}],"optional":true,"name":"{{topic}}.Value","field":""";
        string source = Source.Replace("CONNECTOR", connector, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(
            $$"""{"schema":{"type":"struct","fields":[{{row}}"before"},{{row}}"after"},{{source}},{{Block}},{"type":"string","optional":false,"field":"op"},"""
            + $$"""{"type":"int64","optional":true,"field":"ts_ms"},{"type":"int64","optional":true,"field":"ts_us"},{"type":"int64","optional":true,"field":"ts_ns"}],"optional":false,"name":"{{topic}}.Envelope","version":2},"payload":""");
    }

    private static string Fields(DebeziumColumn[] columns) => string.Join(',', columns.Select(Field));

    private static string Field(DebeziumColumn column)
    {
        DebeziumType type = column.DebeziumType;
        string fields = type.Form switch
        {
            DebeziumForm.Point => $""","fields":[{PointFields}]""",
            DebeziumForm.Geometry => $""","fields":[{GeometryFields}]""",
            _ => "",
        };

        // A geometry's schema is always optional.
        bool optional = column.TakesNull || type.Form == DebeziumForm.Geometry;
        string semantic = type.Semantic is { } name ? $$""","name":"{{name}}","version":1""" : "";
        string doc = type.Form switch
        {
            DebeziumForm.Point => ""","doc":"Geometry (POINT)" """.TrimEnd(),
            DebeziumForm.Geometry => ""","doc":"Geometry" """.TrimEnd(),
            _ when column.Comment is { } comment => $""","doc":{Encoding.UTF8.GetString(comment)}""",
            _ => "",
        };
        string parameters = column.Parameters is { Count: > 0 } list
            ? $$""","parameters":{{{string.Join(',', list.Select(static p => $"\"{p.Name}\":\"{p.Value}\""))}}}""" : "";
        string byDefault = column.Default is { } value ? $""","default":{Encoding.UTF8.GetString(value)}""" : "";
        return $$"""{"type":"{{type.Connect}}"{{fields}},"optional":{{(optional ? "true" : "false")}}{{semantic}}{{doc}}{{parameters}}{{byDefault}},"field":{{Encoding.UTF8.GetString(column.Member.AsSpan(0, column.Member.Length - 1))}}}""";
    }
}
