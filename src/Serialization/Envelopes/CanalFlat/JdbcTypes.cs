using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.CanalFlat;

/// <summary>The <c>java.sql.Types</c> number of a column, by its type alone: Canal's changes with the value where an unsigned number is large, or NULL.</summary>
internal static class JdbcTypes
{
    private const int Bit = -7, TinyInt = -6, BigInt = -5, Char = 1, Decimal = 3, Integer = 4, SmallInt = 5, Real = 7, Double = 8, VarChar = 12, Date = 91, Time = 92, Timestamp = 93, Blob = 2004, Clob = 2005;

    /// <summary>The number that has room for every value of the column.</summary>
    public static int Of(ColumnLayout column) => column.Type.Kind switch
    {
        MySqlTypeKind.Integer => column.Type.Maximum switch
        {
            <= sbyte.MaxValue => TinyInt,
            <= short.MaxValue => SmallInt,
            <= int.MaxValue => Integer,
            _ => BigInt,
        },
        MySqlTypeKind.UnsignedBigInt or MySqlTypeKind.Decimal => Decimal,
        MySqlTypeKind.Bit or MySqlTypeKind.Set => Bit,
        MySqlTypeKind.Float or MySqlTypeKind.FloatWithScale => Real,
        MySqlTypeKind.Double => Double,
        MySqlTypeKind.Date => Date,
        MySqlTypeKind.Time => Time,
        MySqlTypeKind.DateTimeMilliseconds or MySqlTypeKind.DateTimeMicroseconds or MySqlTypeKind.Timestamp => Timestamp,
        MySqlTypeKind.Binary or MySqlTypeKind.Blob or MySqlTypeKind.Geometry or MySqlTypeKind.Point => Blob,
        MySqlTypeKind.Enum => Integer,
        MySqlTypeKind.Text => OfText(column.MysqlType.TrimStart()),
        MySqlTypeKind.Year or MySqlTypeKind.Json => VarChar,
        _ => Char,
    };

    private static int OfText(string type) =>
        type.StartsWith("char(", StringComparison.OrdinalIgnoreCase) || type.Equals("char", StringComparison.OrdinalIgnoreCase) ? Char
        : type.Contains("text", StringComparison.OrdinalIgnoreCase) || type.StartsWith("long", StringComparison.OrdinalIgnoreCase) ? Clob
        : VarChar;
}
