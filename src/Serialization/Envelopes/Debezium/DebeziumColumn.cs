using System.Globalization;
using System.Text;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A column as Debezium's JSON writes it: what is the same in every row, encoded once.</summary>
internal sealed class DebeziumColumn : JsonColumn
{
    private const string EnumName = "io.debezium.data.Enum", SetName = "io.debezium.data.EnumSet";

    private bool _isInKey;

    /// <param name="layout">The column as its rows show it.</param>
    /// <param name="definition">The column as defined; null if unknown.</param>
    /// <param name="isKey">Whether it is part of the record key.</param>
    /// <param name="settings">The handling modes.</param>
    /// <param name="mask">What is done to its texts; null for nothing.</param>
    public DebeziumColumn(ColumnLayout layout, ColumnDefinition? definition, bool isKey, SerializationSettings settings, ColumnMask? mask = null)
        : base(layout, JsonText.Quote(NameAdjuster.OfField(layout.Name, settings.FieldNames)))
    {
        DebeziumType = DebeziumType.Of(Type, definition, settings);
        Form = DebeziumType.Form;
        Labels = [.. layout.LabelsAsTyped(definition).Select(EscapeLabel)];
        FieldName = NameAdjuster.OfField(Name, settings.FieldNames);
        WideEncoding = WideTexts.EncodingOf(definition?.CharsetName);

        // Debezium's MySQL connector leaves it out.
        Comment = settings.SourceKind == SourceKind.MariaDb && definition?.Comment is { Length: > 0 } comment ? JsonText.Quote(comment) : null;
        TakesNull = definition?.IsNullable ?? !isKey;
        Default = definition?.Default is { } value ? DefaultValues.Write(this, value) : null;
        Null = settings.ReplaceNullWithDefault && Default is not null ? Default : "null"u8.ToArray();
        ZeroDate = TakesNull && !isKey ? Null : Default ?? DefaultValues.WriteEpoch(this);
        if (mask is not null)
        {
            Unmasked = new DebeziumColumn(layout, definition, isKey, settings);
            int? length = LengthOf(definition?.Type ?? MysqlType);
            MaskedLength = DebeziumType.Semantic is null or EnumName or SetName ? length : null;
            Mask = mask.Kept is null || length is null || length > mask.Kept ? mask : null;
            Form = Mask is not null && (mask.Kept is null ? IsText : IsText || IsBinary || DebeziumType.Connect == "string") ? DebeziumForm.Masked : Form;
            Null = Form == DebeziumForm.Masked && mask.Asterisks is { } asterisks ? JsonText.Quote(new string('*', asterisks)) : Null;
        }
    }

    /// <summary>Name of its member.</summary>
    public string FieldName { get; }

    public DebeziumType DebeziumType { get; }

    /// <summary>How values are written: of <see cref="DebeziumType"/>, one step nearer.</summary>
    public DebeziumForm Form { get; }

    /// <summary>What is done to its values, or only told by its schema where they are no texts; null for nothing.</summary>
    public ColumnMask? Mask { get; }

    /// <summary>The column without its mask; null if it has none.</summary>
    public DebeziumColumn? Unmasked { get; }

    /// <summary>Characters to which a digest is cut; null for none.</summary>
    public int? MaskedLength { get; private set; }

    /// <summary>Whether a mask can stand for its values. Debezium masks characters, ENUM and SET; JSON and UUID are masked here as well.</summary>
    public bool IsText => DebeziumType.Form is DebeziumForm.Text or DebeziumForm.TextOfBytes or DebeziumForm.WideText
        or DebeziumForm.Enum or DebeziumForm.Set or DebeziumForm.Json or DebeziumForm.Uuid;

    /// <summary>Whether its values are Connect's bytes.</summary>
    public bool IsBinary => DebeziumType is { Form: DebeziumForm.Base64, Connect: "bytes" };

    /// <summary>Whether it takes NULL; where that is unknown, whether it is no key column.</summary>
    public bool TakesNull { get; }

    /// <summary>Its COMMENT as JSON, where its schema tells it; else null.</summary>
    public byte[]? Comment { get; }

    /// <summary>JSON of its default; null if there is none.</summary>
    public byte[]? Default { get; }

    /// <summary>Encoding of its texts where that is a wide one; else null.</summary>
    public Encoding? WideEncoding { get; }

    /// <summary>Labels of an ENUM or SET, escaped by Debezium's rule and for JSON, without quotes.</summary>
    public byte[][] Labels { get; }

    /// <summary>What stands for NULL.</summary>
    public byte[] Null { get; }

    /// <summary>What stands for a zero date: NULL, or the default or epoch where the column does not take NULL. For DATE and DATETIME.</summary>
    public byte[] ZeroDate { get; }

    /// <summary>Parameters of its schema, in order. Those of a key tell of no mask.</summary>
    public IReadOnlyList<(string Name, string Value)> Parameters
    {
        get
        {
            List<(string Name, string Value)> parameters = DebeziumType.Form is DebeziumForm.Enum or DebeziumForm.Set
                ? [("allowed", string.Join(',', Labels.Select(Encoding.UTF8.GetString)))]
                : [.. DebeziumType.Parameters];
            if (Mask is not null && !_isInKey)
            {
                parameters.Add(Mask.Kept is { } kept ? ("truncateLength", kept.ToString(CultureInfo.InvariantCulture)) : ("masked", "true"));
            }

            return parameters;
        }
    }

    /// <summary>This column as part of a key: its digest is not cut.</summary>
    public DebeziumColumn ForKey()
    {
        MaskedLength = null;
        _isInKey = true;
        return this;
    }

    /// <summary>Debezium's length of a column: the first number of its type; 1 of an ENUM, all commas and one letter each of a SET.</summary>
    private static int? LengthOf(string type)
    {
        var parsed = MySqlType.Parse(type);
        if (parsed.Kind is MySqlTypeKind.Enum or MySqlTypeKind.Set)
        {
            return parsed.Kind == MySqlTypeKind.Enum ? 1 : Math.Max(1, (2 * parsed.Labels.Length) - 1);
        }

        int open = type.IndexOf('(', StringComparison.Ordinal);
        string number = open < 0 ? "" : string.Concat(type[(open + 1)..].TrimStart().TakeWhile(char.IsAsciiDigit));
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int length) ? length : null;
    }

    /// <summary>Debezium escapes comma and backslash in a label, in ENUM as well as SET.</summary>
    private static byte[] EscapeLabel(string label) =>
        JsonText.Quote(label.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(",", @"\,", StringComparison.Ordinal))[1..^1];
}
