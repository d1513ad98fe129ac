using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization;

/// <summary>What becomes of a value that does not fit its column's type.</summary>
public enum UnfitValue
{
    /// <summary>The row is refused.</summary>
    Stop,

    /// <summary>NULL stands in its place, where the column takes NULL; elsewhere the row is refused.</summary>
    Null,

    /// <summary>Its text stands in the record as it came, where the column is a string there; elsewhere the row is refused.</summary>
    Text,
}

/// <summary>The same by the kind of fault. A value of a record key is always refused.</summary>
public sealed record UnfitValues
{
    /// <summary>Dates and times that do not exist, such as February 30.</summary>
    public UnfitValue Date { get; init; }

    /// <summary>A JSON column whose text is no document, as that of a partial update.</summary>
    public UnfitValue Json { get; init; }

    /// <summary>An ENUM or SET without a label for its number.</summary>
    public UnfitValue Label { get; init; }

    /// <summary>All else: numbers out of range, bytes that are none, types without a form.</summary>
    public UnfitValue Other { get; init; }

    internal static UnfitValues Refused { get; } = new();

    /// <summary>The choice for a column.</summary>
    internal UnfitValue Of(MySqlTypeKind kind) => kind switch
    {
        MySqlTypeKind.Date or MySqlTypeKind.Time or MySqlTypeKind.DateTimeMilliseconds or MySqlTypeKind.DateTimeMicroseconds
            or MySqlTypeKind.Timestamp or MySqlTypeKind.Year => Date,
        MySqlTypeKind.Json => Json,
        MySqlTypeKind.Enum or MySqlTypeKind.Set => Label,
        _ => Other,
    };
}
