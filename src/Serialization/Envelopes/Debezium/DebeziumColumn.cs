using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A column as Debezium's JSON writes it: what is the same in every row, encoded once.</summary>
internal sealed class DebeziumColumn : JsonColumn
{
    /// <param name="layout">The column as its rows show it.</param>
    /// <param name="definition">The column as defined; null if unknown.</param>
    /// <param name="isKey">Whether it is part of the record key.</param>
    /// <param name="settings">The handling modes.</param>
    public DebeziumColumn(ColumnLayout layout, ColumnDefinition? definition, bool isKey, SerializationSettings settings)
        : base(layout, JsonText.Quote(NameAdjuster.OfField(layout.Name, settings.FieldNames)))
    {
        DebeziumType = DebeziumType.Of(Type, definition, settings);
        Form = DebeziumType.Form;
        Labels = [.. layout.LabelsAsTyped(definition).Select(EscapeLabel)];
        FieldName = NameAdjuster.OfField(Name, settings.FieldNames);

        // Debezium's MySQL connector leaves it out.
        Comment = settings.SourceKind == SourceKind.MariaDb && definition?.Comment is { Length: > 0 } comment ? JsonText.Quote(comment) : null;
        TakesNull = definition?.IsNullable ?? !isKey;
        Default = definition?.Default is { } value ? DefaultValues.Write(this, value) : null;
        Null = settings.ReplaceNullWithDefault && Default is not null ? Default : "null"u8.ToArray();
        ZeroDate = TakesNull && !isKey ? Null : Default ?? DefaultValues.WriteEpoch(this);
    }

    /// <summary>Name of its member.</summary>
    public string FieldName { get; }

    public DebeziumType DebeziumType { get; }

    /// <summary>How values are written: of <see cref="DebeziumType"/>, one step nearer.</summary>
    public DebeziumForm Form { get; }

    /// <summary>Whether it takes NULL; where that is unknown, whether it is no key column.</summary>
    public bool TakesNull { get; }

    /// <summary>Its COMMENT as JSON, where its schema tells it; else null.</summary>
    public byte[]? Comment { get; }

    /// <summary>JSON of its default; null if there is none.</summary>
    public byte[]? Default { get; }

    /// <summary>Labels of an ENUM or SET, escaped by Debezium's rule and for JSON, without quotes.</summary>
    public byte[][] Labels { get; }

    /// <summary>What stands for NULL.</summary>
    public byte[] Null { get; }

    /// <summary>What stands for a zero date: NULL, or the default or epoch where the column does not take NULL. For DATE and DATETIME.</summary>
    public byte[] ZeroDate { get; }

    /// <summary>Debezium escapes comma and backslash in a label, in ENUM as well as SET.</summary>
    private static byte[] EscapeLabel(string label) =>
        JsonText.Quote(label.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(",", @"\,", StringComparison.Ordinal))[1..^1];
}
