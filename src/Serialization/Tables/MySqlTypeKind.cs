namespace CanalBridge.Serialization.Tables;

/// <summary>How a column's values are written. Aliases and widths that make no difference are one kind.</summary>
internal enum MySqlTypeKind
{
    /// <summary>A type without Debezium form; only its NULL can be written.</summary>
    Unsupported,
    Integer,
    UnsignedBigInt,
    Bit,

    /// <summary>A TINYINT(1) typed as BOOL or BOOLEAN.</summary>
    Boolean,
    Float,

    /// <summary>A DOUBLE typed as REAL.</summary>
    Real,
    FloatWithScale,
    Double,
    Decimal,
    Date,
    Time,
    DateTimeMilliseconds,
    DateTimeMicroseconds,
    Timestamp,
    Year,
    Text,
    Binary,
    Blob,
    Enum,
    Set,
    Json,
    Geometry,
    Point,
    Uuid,
}
