using System.Globalization;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>A column's type as Debezium sees it: how its values are written, and which schema says so.</summary>
/// <param name="Form">How values are written.</param>
/// <param name="Connect">Connect's type, as in a schema: <c>int32</c>.</param>
/// <param name="Semantic">Semantic name; null if there is none.</param>
/// <param name="Parameters">Parameters of the schema, in order.</param>
internal sealed record DebeziumType(DebeziumForm Form, string Connect, string? Semantic = null, params (string Name, string Value)[] Parameters)
{
    /// <summary>What the names of Connect's own types begin with.</summary>
    public const string ConnectData = "org.apache.kafka.connect.data.";

    private const string Time = "io.debezium.time.", Data = "io.debezium.data.";

    /// <summary>The one place that maps MySQL's types and the handling modes to Debezium's.</summary>
    /// <param name="type">Type as stored.</param>
    /// <param name="definition">The column as defined; null if unknown. Debezium goes by the words of the statement, Canal by what the server prints.</param>
    /// <param name="settings">The handling modes.</param>
    public static DebeziumType Of(MySqlType type, ColumnDefinition? definition, SerializationSettings settings)
    {
        string typed = definition?.Type ?? "";
        string word = typed.Split(' ', '(')[0].ToUpperInvariant();
        return type.Kind switch
        {
            MySqlTypeKind.Integer when word is "BOOL" or "BOOLEAN" => new(DebeziumForm.Boolean, "boolean"),
            MySqlTypeKind.Integer => new(DebeziumForm.Integer, type.Maximum <= short.MaxValue ? "int16" : type.Maximum <= int.MaxValue ? "int32" : "int64"),
            MySqlTypeKind.UnsignedBigInt when settings.UnsignedBigIntHandling == UnsignedBigIntHandling.Precise => new(DebeziumForm.UnsignedDecimal, "bytes", ConnectData + "Decimal", ("scale", "0"), ("connect.decimal.precision", "20")),
            MySqlTypeKind.UnsignedBigInt => new(DebeziumForm.WrappedLong, "int64"),
            MySqlTypeKind.Bit when type.Size == 1 => new(DebeziumForm.Bits, "boolean"),
            MySqlTypeKind.Bit => new(DebeziumForm.Bits, "bytes", Data + "Bits", ("length", Text(type.Size))),
            MySqlTypeKind.Float => new(DebeziumForm.Single, "float"),
            MySqlTypeKind.FloatWithScale => new(DebeziumForm.WidenedDouble, "double"),
            MySqlTypeKind.Double when word == "REAL" => new(DebeziumForm.NarrowedSingle, "float"),
            MySqlTypeKind.Double => new(DebeziumForm.Double, "double"),
            MySqlTypeKind.Decimal => OfDecimal(type, settings.DecimalHandling),

            // Characters of the binary character set: Debezium reads each byte as one, which is how Canal sends them.
            MySqlTypeKind.Binary or MySqlTypeKind.Blob when MySqlType.Parse(typed).Kind == MySqlTypeKind.Text => new(DebeziumForm.Text, "string"),
            MySqlTypeKind.Binary or MySqlTypeKind.Blob => OfBinary(settings.BinaryHandling),
            MySqlTypeKind.Text when word == "JSON" => new(DebeziumForm.Text, "string", Data + "Json"),
            MySqlTypeKind.Text when WideTexts.EncodingOf(definition?.CharsetName) is not null && !type.ComesAsBytes => new(DebeziumForm.WideText, "string"),
            MySqlTypeKind.Text => new(type.ComesAsBytes ? DebeziumForm.TextOfBytes : DebeziumForm.Text, "string"),

            // MariaDB keeps it as LONGTEXT; Canal's table history calls it JSON, which is no text to Canal.
            MySqlTypeKind.Json when settings.SourceKind == SourceKind.MariaDb => new(DebeziumForm.TextOfBytes, "string", Data + "Json"),
            MySqlTypeKind.Json => new(DebeziumForm.Json, "string", Data + "Json"),
            MySqlTypeKind.Enum => new(DebeziumForm.Enum, "string", Data + "Enum"),
            MySqlTypeKind.Set => new(DebeziumForm.Set, "string", Data + "EnumSet"),
            MySqlTypeKind.Geometry => new(DebeziumForm.Geometry, "struct", Data + "geometry.Geometry"),
            MySqlTypeKind.Point => new(DebeziumForm.Point, "struct", Data + "geometry.Point"),
            MySqlTypeKind.Uuid => new(DebeziumForm.Uuid, "string", Data + "Uuid"),
            MySqlTypeKind.Date or MySqlTypeKind.Time or MySqlTypeKind.DateTimeMilliseconds or MySqlTypeKind.DateTimeMicroseconds => OfTime(type.Kind, settings.TimePrecision),
            MySqlTypeKind.Timestamp => new(DebeziumForm.ZonedTimestamp, "string", Time + "ZonedTimestamp"),
            MySqlTypeKind.Year => new(DebeziumForm.Year, "int32", Time + "Year"),
            _ => new(DebeziumForm.Unsupported, "string"),
        };
    }

    private static DebeziumType OfDecimal(MySqlType type, DecimalHandling mode) => mode switch
    {
        DecimalHandling.String => new(DebeziumForm.DecimalText, "string"),
        DecimalHandling.Double => new(DebeziumForm.DecimalDouble, "double"),
        _ => new(
            mode == DecimalHandling.Numeric ? DebeziumForm.DecimalNumber : DebeziumForm.Decimal,
            "bytes", ConnectData + "Decimal", ("scale", Text(type.Scale)), ("connect.decimal.precision", Text(type.Size))),
    };

    private static DebeziumType OfBinary(BinaryHandling mode) => mode switch
    {
        BinaryHandling.Base64 => new(DebeziumForm.Base64, "string"),
        BinaryHandling.Base64UrlSafe => new(DebeziumForm.Base64Url, "string"),
        BinaryHandling.Hex => new(DebeziumForm.Hex, "string"),
        _ => new(DebeziumForm.Base64, "bytes"),
    };

    private static DebeziumType OfTime(MySqlTypeKind kind, TimePrecision mode) => (kind, mode) switch
    {
        (MySqlTypeKind.Date, TimePrecision.Connect) => new(DebeziumForm.EpochDay, "int32", ConnectData + "Date"),
        (MySqlTypeKind.Date, TimePrecision.IsoString) => new(DebeziumForm.IsoDate, "string", Time + "IsoDate"),
        (MySqlTypeKind.Date, _) => new(DebeziumForm.EpochDay, "int32", Time + "Date"),
        (MySqlTypeKind.Time, TimePrecision.Connect) => new(DebeziumForm.MilliTime, "int32", ConnectData + "Time"),
        (MySqlTypeKind.Time, TimePrecision.IsoString) => new(DebeziumForm.IsoTime, "string", Time + "IsoTime"),
        (MySqlTypeKind.Time, TimePrecision.Nanoseconds) => new(DebeziumForm.NanoTime, "int64", Time + "NanoTime"),
        (MySqlTypeKind.Time, _) => new(DebeziumForm.MicroTime, "int64", Time + "MicroTime"),
        (_, TimePrecision.Connect) => new(DebeziumForm.MilliTimestamp, "int64", ConnectData + "Timestamp"),
        (_, TimePrecision.IsoString) => new(DebeziumForm.IsoTimestamp, "string", Time + "IsoTimestamp"),
        (_, TimePrecision.Nanoseconds) => new(DebeziumForm.NanoTimestamp, "int64", Time + "NanoTimestamp"),
        (MySqlTypeKind.DateTimeMilliseconds, TimePrecision.AdaptiveTimeMicroseconds) => new(DebeziumForm.MilliTimestamp, "int64", Time + "Timestamp"),
        _ => new(DebeziumForm.MicroTimestamp, "int64", Time + "MicroTimestamp"),
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
