using System.Buffers;
using System.Text.Json;

namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>A table's definition as it is kept: a JSON key that names the table, a JSON value.</summary>
/// <remarks>
/// Version 1 has grown: what a schema-change record shows beside what rows need (charset, enum_values, auto_incremented, numbered,
/// default_typed) may be absent, and older bridges read over it.
/// </remarks>
internal static class DefinitionRecord
{
    private const int Version = 1;

    public static byte[] Key(TableId table)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("schema", table.Schema);
        json.WriteString("table", table.Name);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Value(TableDefinition definition)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteStartArray("columns");
        foreach (ColumnDefinition column in definition.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", column.Type);
            json.WriteBoolean("nullable", column.IsNullable);
            WriteUnlessNull(json, "comment", column.Comment);
            if (column.Default is { } value)
            {
                json.WriteString("default_kind", value.Kind.ToString());
                json.WriteString("default", value.Text);
                WriteUnlessNull(json, "default_typed", value.Typed);
            }

            WriteUnlessNull(json, "charset", column.CharsetName);
            WriteUnlessNull(json, "enum_values", column.EnumValues);
            if (column.IsAutoIncremented)
            {
                json.WriteBoolean("auto_incremented", true);
            }

            if (column.IsNumbered)
            {
                json.WriteBoolean("numbered", true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("key");
        foreach (string name in definition.Key)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteBoolean("key_is_primary", definition.KeyIsPrimary);
        json.WriteBoolean("from_source", definition.IsFromSource);
        WriteUnlessNull(json, "charset", definition.CharsetName);
        WriteUnlessNull(json, "comment", definition.Comment);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">It is not one of ours, or of a newer version.</exception>
    public static TableId ReadKey(ReadOnlyMemory<byte> key) => Read(key, static root => new TableId(Text(root, "schema"), Text(root, "table")));

    /// <exception cref="FormatException">It is not one of ours, or of a newer version.</exception>
    public static TableDefinition ReadValue(ReadOnlyMemory<byte> value) => Read(value, static root => new TableDefinition
    {
        Columns = root.GetProperty("version").GetInt32() == Version
            ? [.. root.GetProperty("columns").EnumerateArray().Select(ReadColumn)]
            : throw new FormatException($"expected version {Version}; a newer bridge wrote it"),
        Key = [.. root.GetProperty("key").EnumerateArray().Select(static name => name.GetString() ?? "")],
        KeyIsPrimary = root.GetProperty("key_is_primary").GetBoolean(),
        IsFromSource = IsMarked(root, "from_source"),
        CharsetName = TextOrNull(root, "charset"),
        Comment = TextOrNull(root, "comment"),
    });

    private static ColumnDefinition ReadColumn(JsonElement column) => new()
    {
        Name = Text(column, "name"),
        Type = Text(column, "type"),
        IsNullable = column.GetProperty("nullable").GetBoolean(),
        Comment = TextOrNull(column, "comment"),
        CharsetName = TextOrNull(column, "charset"),
        EnumValues = TextOrNull(column, "enum_values"),
        IsAutoIncremented = IsMarked(column, "auto_incremented"),
        IsNumbered = IsMarked(column, "numbered"),
        Default = column.TryGetProperty("default_kind", out JsonElement kind)
            ? new ColumnDefault(Enum.TryParse(kind.GetString(), out ColumnDefaultKind known) ? known : throw new FormatException("expected a known kind of default"), Text(column, "default")) { Typed = TextOrNull(column, "default_typed") }
            : null,
    };

    private static void WriteUnlessNull(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static bool IsMarked(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement mark) && mark.GetBoolean();

    private static string? TextOrNull(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");

    private static T Read<T>(ReadOnlyMemory<byte> bytes, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"expected the JSON of a table definition, got {bytes.Length} other bytes", e);
        }
    }
}
