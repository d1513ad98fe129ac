namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>How the values of a column are written: what its type and the handling modes come to.</summary>
internal enum DebeziumForm
{
    /// <summary>A type without Debezium form; only its NULL can be written.</summary>
    Unsupported,

    /// <summary>Any of the others, of which a mask leaves a part or a digest.</summary>
    Masked,
    Integer,
    Boolean,

    /// <summary>BIGINT UNSIGNED as an int64 that wraps.</summary>
    WrappedLong,

    /// <summary>BIGINT UNSIGNED as Connect's Decimal.</summary>
    UnsignedDecimal,
    Bits,
    Single,

    /// <summary>A single made of a double.</summary>
    NarrowedSingle,
    Double,

    /// <summary>A double made of a single.</summary>
    WidenedDouble,
    Decimal,
    DecimalNumber,
    DecimalText,
    DecimalDouble,
    EpochDay,
    IsoDate,
    MicroTime,
    NanoTime,
    MilliTime,
    IsoTime,
    MilliTimestamp,
    MicroTimestamp,
    NanoTimestamp,
    IsoTimestamp,
    ZonedTimestamp,
    Year,
    Text,

    /// <summary>A text that comes one character per byte.</summary>
    TextOfBytes,

    /// <summary>A text of a character set with two or four bytes per character, which Canal reads as UTF-8.</summary>
    WideText,
    Base64,
    Base64Url,
    Hex,
    Enum,
    Set,
    Json,
    Geometry,
    Point,
    Uuid,
}
