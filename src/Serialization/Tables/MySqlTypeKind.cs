namespace CanalBridge.Serialization.Tables;

/// <summary>What a column holds. Aliases and widths that make no difference are one kind.</summary>
internal enum MySqlTypeKind
{
    /// <summary>A type without Debezium form; only its NULL can be written.</summary>
    Unsupported,
    Integer,
    UnsignedBigInt,
    Bit,
    Float,
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
