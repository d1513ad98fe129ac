using System.Text;
using CanalBridge.Serialization.Envelopes.Debezium;

namespace CanalBridge.Serialization.Envelopes.Avro;

/// <summary>The schemas of a table's keys and values as Confluent's AvroConverter makes them of Debezium's Connect schemas.</summary>
/// <remarks>
/// A Connect name is kept as <c>connect.name</c>, a struct's is the record's full name as well; version, doc, parameters and default
/// likewise. An optional field is a union with null, the branch of its default first. A record is spelled out where it is met first and named from then on.
/// </remarks>
internal static class AvroSchemas
{
    private const string OptionalLong = """["null","long"],"default":null""", OptionalString = """["null","string"],"default":null""", OptionalInt = """["null","int"],"default":null""";

    private const string Block = """
        ["null",{"type":"record","name":"block","namespace":"event","fields":[{"name":"id","type":"string"},{"name":"total_order","type":"long"},{"name":"data_collection_order","type":"long"}],"connect.version":1,"connect.name":"event.block"}],"default":null
        """;

    private const string Snapshot = """
        [{"type":"string","connect.version":1,"connect.parameters":{"allowed":"true,first,first_in_data_collection,last_in_data_collection,last,false,incremental"},"connect.default":"false","connect.name":"io.debezium.data.Enum"},"null"],"default":"false"
        """;

    private const string GeometryNamespace = "io.debezium.data.geometry";

    private const string PointFields = $$"""{"name":"x","type":"double"},{"name":"y","type":"double"},{"name":"wkb","type":["null","bytes"],"default":null},{"name":"srid","type":{{OptionalInt}}}""";

    private const string GeometryFields = $$"""{"name":"wkb","type":"bytes"},{"name":"srid","type":{{OptionalInt}}}""";

    /// <summary>The schema of a table's keys.</summary>
    /// <param name="name">Topic of the table, adjusted: the namespace.</param>
    /// <param name="columns">Key columns in key order.</param>
    public static string Key(string name, AvroColumn[] columns) => Record("Key", name, Fields(columns), $"\"connect.name\":\"{name}.Key\"");

    /// <summary>The schema of a table's values.</summary>
    /// <param name="name">Topic of the table, adjusted: the namespace.</param>
    /// <param name="columns">Columns in table order.</param>
    /// <param name="connector">Debezium's name of the connector.</param>
    public static string Value(string name, AvroColumn[] columns, string connector)
    {
        string row = Record("Value", null, Fields(columns), $"\"connect.name\":\"{name}.Value\"");
        string[] fields =
        [
            $$"""{"name":"before","type":["null",{{row}}],"default":null}""",
            """{"name":"after","type":["null","Value"],"default":null}""",
            $$"""{"name":"source","type":{{Source(connector)}}}""",
            $$"""{"name":"transaction","type":{{Block}}}""",
            """{"name":"op","type":"string"}""",
            $$"""{"name":"ts_ms","type":{{OptionalLong}}}""",
            $$"""{"name":"ts_us","type":{{OptionalLong}}}""",
            $$"""{"name":"ts_ns","type":{{OptionalLong}}}""",
        ];
        return Record("Envelope", name, string.Join(',', fields), $"\"connect.version\":2,\"connect.name\":\"{name}.Envelope\"");
    }

    private static string Source(string connector)
    {
        string[] fields =
        [
            .. Required("string", "version", "connector", "name"),
            .. Required("long", "ts_ms"),
            $$"""{"name":"snapshot","type":{{Snapshot}}}""",
            .. Required("string", "db"),
            $$"""{"name":"sequence","type":{{OptionalString}}}""",
            $$"""{"name":"ts_us","type":{{OptionalLong}}}""",
            $$"""{"name":"ts_ns","type":{{OptionalLong}}}""",
            $$"""{"name":"table","type":{{OptionalString}}}""",
            .. Required("long", "server_id"),
            $$"""{"name":"gtid","type":{{OptionalString}}}""",
            .. Required("string", "file"),
            .. Required("long", "pos"),
            .. Required("int", "row"),
            $$"""{"name":"thread","type":{{OptionalLong}}}""",
            $$"""{"name":"query","type":{{OptionalString}}}""",
        ];
        string space = $"io.debezium.connector.{connector}";
        return Record("Source", space, string.Join(',', fields), $"\"connect.version\":1,\"connect.name\":\"{space}.Source\"");
    }

    private static IEnumerable<string> Required(string type, params string[] names) => names.Select(name => $$"""{"name":"{{name}}","type":"{{type}}"}""");

    /// <param name="name">Name of the record.</param>
    /// <param name="space">Its namespace; null for that of the record around it.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="properties">What Connect would else not find again.</param>
    private static string Record(string name, string? space, string fields, string properties) =>
        $$"""{"type":"record","name":"{{name}}",{{(space is null ? "" : $"\"namespace\":\"{space}\",")}}"fields":[{{fields}}],{{properties}}}""";

    private static string Fields(AvroColumn[] columns)
    {
        var named = new HashSet<string>();
        return string.Join(',', columns.Select(column => Field(column, named)));
    }

    private static string Field(AvroColumn column, HashSet<string> named)
    {
        byte[]? byDefault = column.Column.Default;
        string type = Type(column.Column, named);
        string defaultText = byDefault is null ? "null" : AvroDefaults.ToSchema(column.Column.DebeziumType.Connect, byDefault);
        type = (column.IsOptional, byDefault) switch
        {
            (true, null) => $"[\"null\",{type}]",
            (true, _) => $"[{type},\"null\"]",
            _ => type,
        };
        string end = column.IsOptional || byDefault is not null ? $",\"default\":{defaultText}" : "";
        return $$"""{"name":"{{column.Column.FieldName}}","type":{{type}}{{end}}}""";
    }

    private static string Type(DebeziumColumn column, HashSet<string> named)
    {
        DebeziumType type = column.DebeziumType;
        if (type.Form is DebeziumForm.Point or DebeziumForm.Geometry)
        {
            return Geometry(type.Form == DebeziumForm.Point, named);
        }

        string avro = type.Connect switch
        {
            "int16" or "int32" => "int",
            "int64" => "long",
            _ => type.Connect,
        };
        string properties = string.Concat(Properties(column).Select(static property => $",\"{property.Name}\":{property.Value}"));
        return properties.Length == 0 ? $"\"{avro}\"" : $$"""{"type":"{{avro}}"{{properties}}}""";
    }

    /// <summary>Properties of a column's schema, values as JSON.</summary>
    private static IEnumerable<(string Name, string Value)> Properties(DebeziumColumn column)
    {
        DebeziumType type = column.DebeziumType;
        bool isDecimal = type.Semantic == DebeziumType.ConnectData + "Decimal";
        if (isDecimal)
        {
            yield return ("scale", type.Parameters[0].Value);
            yield return ("precision", type.Parameters[1].Value);
        }

        if (column.Comment is { } comment)
        {
            yield return ("connect.doc", Encoding.UTF8.GetString(comment));
        }

        if (type.Semantic is not null)
        {
            yield return ("connect.version", "1");
        }

        string parameters = string.Join(',', column.Parameters.Select(static parameter => $"\"{parameter.Name}\":\"{parameter.Value}\""));
        if (parameters.Length > 0)
        {
            yield return ("connect.parameters", $"{{{parameters}}}");
        }

        if (column.Default is { } value)
        {
            yield return ("connect.default", AvroDefaults.ToSchema(type.Connect, value));
        }

        if (type.Semantic is { } name)
        {
            yield return ("connect.name", $"\"{name}\"");
        }

        if (type.Connect == "int16")
        {
            yield return ("connect.type", "\"int16\"");
        }

        string logical = isDecimal ? "decimal" : type.Semantic switch
        {
            DebeziumType.ConnectData + "Date" => "date",
            DebeziumType.ConnectData + "Time" => "time-millis",
            DebeziumType.ConnectData + "Timestamp" => "timestamp-millis",
            _ => "",
        };
        if (logical.Length > 0)
        {
            yield return ("logicalType", $"\"{logical}\"");
        }
    }

    private static string Geometry(bool isPoint, HashSet<string> named)
    {
        string name = isPoint ? "Point" : "Geometry";
        string doc = isPoint ? "Geometry (POINT)" : "Geometry";
        return named.Add(name)
            ? Record(name, GeometryNamespace, isPoint ? PointFields : GeometryFields, $"\"connect.doc\":\"{doc}\",\"connect.version\":1,\"connect.name\":\"{GeometryNamespace}.{name}\"")
            : $"\"{GeometryNamespace}.{name}\"";
    }
}
