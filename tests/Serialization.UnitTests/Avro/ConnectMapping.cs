using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CanalBridge.Serialization.UnitTests.Avro;

/// <summary>A Connect schema, as Connect's JsonConverter prints it, to what Confluent's AvroData makes of it: written for the tests alone, from its documented rules.</summary>
internal static partial class ConnectMapping
{
    /// <summary>The Avro schema; names that Avro does not take are adjusted as Debezium's mode avro does.</summary>
    public static JsonNode ToAvro(JsonElement connect) => ToAvro(connect, []);

    public static string Adjusted(string name, bool dots = true)
    {
        string adjusted = (dots ? NotInName() : NotInField()).Replace(name, "_");
        return char.IsAsciiDigit(adjusted[0]) ? "_" + adjusted : adjusted;
    }

    /// <summary>A default as Avro has it.</summary>
    public static JsonNode? DefaultOf(JsonElement connect) => connect.TryGetProperty("default", out JsonElement value)
        ? connect.GetProperty("type").GetString() == "bytes"
            ? JsonValue.Create(System.Text.Encoding.Latin1.GetString(Convert.FromBase64String(value.GetString()!)))
            : JsonNode.Parse(value.GetRawText())
        : null;

    private static JsonNode ToAvro(JsonElement connect, HashSet<string> named)
    {
        JsonNode plain = Plain(connect, named);
        bool optional = connect.GetProperty("optional").GetBoolean();
        return !optional ? plain : connect.TryGetProperty("default", out _) ? new JsonArray(plain, "null") : new JsonArray("null", plain);
    }

    private static JsonNode Plain(JsonElement connect, HashSet<string> named)
    {
        string type = connect.GetProperty("type").GetString()!;
        string? name = connect.TryGetProperty("name", out JsonElement given) ? given.GetString() : null;
        var schema = new JsonObject();
        if (type == "struct")
        {
            name = Adjusted(name!);
            if (!named.Add(name))
            {
                return JsonValue.Create(name);
            }

            schema["type"] = "record";
            schema["name"] = name[(name.LastIndexOf('.') + 1)..];
            schema["namespace"] = name[..name.LastIndexOf('.')];
            var fields = new JsonArray();
            foreach (JsonElement field in connect.GetProperty("fields").EnumerateArray())
            {
                var avro = new JsonObject { ["name"] = Adjusted(field.GetProperty("field").GetString()!, dots: false), ["type"] = ToAvro(field, named) };
                if (field.GetProperty("optional").GetBoolean() || field.TryGetProperty("default", out _))
                {
                    avro["default"] = DefaultOf(field);
                }

                fields.Add(avro);
            }

            schema["fields"] = fields;
        }
        else
        {
            schema["type"] = type switch
            {
                "int8" or "int16" or "int32" => "int",
                "int64" => "long",
                _ => type,
            };
        }

        AddProperties(schema, connect, type, name);
        return schema.Count == 1 ? schema["type"]!.DeepClone() : schema;
    }

    private static void AddProperties(JsonObject schema, JsonElement connect, string type, string? name)
    {
        if (connect.TryGetProperty("doc", out JsonElement doc))
        {
            schema["connect.doc"] = doc.GetString();
        }

        if (connect.TryGetProperty("version", out JsonElement version))
        {
            schema["connect.version"] = version.GetInt32();
        }

        if (connect.TryGetProperty("parameters", out JsonElement parameters))
        {
            schema["connect.parameters"] = JsonNode.Parse(parameters.GetRawText());
        }

        if (DefaultOf(connect) is { } value)
        {
            schema["connect.default"] = value;
        }

        if (name is not null)
        {
            schema["connect.name"] = name;
        }

        if (type is "int8" or "int16")
        {
            schema["connect.type"] = type;
        }

        switch (name)
        {
            case "org.apache.kafka.connect.data.Decimal":
                schema["logicalType"] = "decimal";
                schema["scale"] = int.Parse(parameters.GetProperty("scale").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
                schema["precision"] = int.Parse(parameters.GetProperty("connect.decimal.precision").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
                break;
            case "org.apache.kafka.connect.data.Date":
                schema["logicalType"] = "date";
                break;
            case "org.apache.kafka.connect.data.Time":
                schema["logicalType"] = "time-millis";
                break;
            case "org.apache.kafka.connect.data.Timestamp":
                schema["logicalType"] = "timestamp-millis";
                break;
        }
    }

    /// <summary>Our schema with every name in full, so that it can be compared.</summary>
    public static JsonNode InFull(JsonNode schema, string? space = null)
    {
        switch (schema)
        {
            case JsonArray union:
                return new JsonArray([.. union.Select(branch => InFull(branch!, space))]);
            case JsonValue name:
                string text = name.GetValue<string>();
                return JsonValue.Create(text is "Value" ? $"{space}.{text}" : text);
            default:
                var full = (JsonObject)schema.DeepClone();
                if (full["type"] is JsonValue type && type.GetValue<string>() == "record")
                {
                    space = full["namespace"]?.GetValue<string>() ?? space;
                    full["namespace"] = space;
                    foreach (JsonNode? field in full["fields"]!.AsArray())
                    {
                        field!["type"] = InFull(field["type"]!, space);
                    }
                }

                return full;
        }
    }

    [GeneratedRegex("[^A-Za-z0-9_.]")]
    private static partial Regex NotInName();

    [GeneratedRegex("[^A-Za-z0-9_]")]
    private static partial Regex NotInField();
}
