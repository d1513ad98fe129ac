namespace CanalBridge.Serialization;

/// <summary>Debezium's <c>decimal.handling.mode</c>, and Connect's <c>decimal.format</c> for the first.</summary>
public enum DecimalHandling
{
    /// <summary>Connect's Decimal: base64 of the unscaled number.</summary>
    Precise,

    /// <summary>The same with <c>decimal.format=NUMERIC</c>: a JSON number.</summary>
    Numeric,

    /// <summary>Plain text.</summary>
    String,

    /// <summary>A double; digits may be lost.</summary>
    Double,
}

/// <summary>Debezium's <c>bigint.unsigned.handling.mode</c>.</summary>
public enum UnsignedBigIntHandling
{
    /// <summary>An int64, which wraps from 2^63 on.</summary>
    Long,

    /// <summary>Connect's Decimal.</summary>
    Precise,
}

/// <summary>Debezium's <c>binary.handling.mode</c>.</summary>
public enum BinaryHandling
{
    /// <summary>Connect's bytes: base64 in JSON.</summary>
    Bytes,

    /// <summary>Text in base64.</summary>
    Base64,

    /// <summary>Text in base64 with <c>-</c> and <c>_</c>.</summary>
    Base64UrlSafe,

    /// <summary>Text in lower-case hex.</summary>
    Hex,
}

/// <summary>Debezium's <c>time.precision.mode</c>; <c>adaptive</c> is refused by 3.5, as there.</summary>
public enum TimePrecision
{
    /// <summary>Milliseconds or microseconds by the column, TIME in microseconds.</summary>
    AdaptiveTimeMicroseconds,

    /// <summary>Connect's own types: milliseconds.</summary>
    Connect,

    /// <summary>ISO 8601 texts.</summary>
    IsoString,

    /// <summary>Microseconds.</summary>
    Microseconds,

    /// <summary>Nanoseconds; they wrap outside about 1677 to 2262.</summary>
    Nanoseconds,
}

/// <summary>Debezium's <c>schema.name.adjustment.mode</c> and <c>field.name.adjustment.mode</c>.</summary>
public enum NameAdjustment
{
    /// <summary>Names as they are.</summary>
    None,

    /// <summary>What Avro does not take becomes <c>_</c>.</summary>
    Avro,

    /// <summary>What Avro does not take, and <c>_</c>, becomes <c>_u</c> and its hex code.</summary>
    AvroUnicode,
}

/// <summary>Debezium's <c>skipped.operations</c>.</summary>
[Flags]
public enum SkippedOperations
{
    /// <summary>All become records.</summary>
    None = 0,

    /// <summary>Inserts.</summary>
    Create = 1,

    /// <summary>Updates, also those that change a key.</summary>
    Update = 2,

    /// <summary>Deletes.</summary>
    Delete = 4,

    /// <summary>TRUNCATE TABLE.</summary>
    Truncate = 8,
}
