using System.Buffers.Text;
using Canal.Client.Entries;

namespace CanalBridge.Serialization.Tables;

/// <summary>
/// What Canal cannot mislabel: the <c>java.sql.Types</c> number of a value is made from the binlog's own type, its name and type text from the
/// definition that Canal knows, which may be a later one.
/// </summary>
internal static class BinlogTypes
{
    private const int Bit = -7, TinyInt = -6, SmallInt = 5, Integer = 4, BigInt = -5, Real = 7, Double = 8, Decimal = 3,
        Char = 1, VarChar = 12, Date = 91, Time = 92, Timestamp = 93, Other = 1111, Blob = 2004, Clob = 2005;

    /// <summary>Whether Canal sends the value as bytes, one character each.</summary>
    public static bool ComesAsBytes(in Column column) => column.SqlType == Blob;

    /// <summary>Whether a value may be one of a column of this type.</summary>
    public static bool Agree(MySqlType type, in Column column) => type.Kind switch
    {
        MySqlTypeKind.Integer => AgreeIntegers(type, column),
        MySqlTypeKind.UnsignedBigInt => column.SqlType == BigInt || IsAbove(column, Decimal, long.MaxValue),
        MySqlTypeKind.Bit => column.SqlType == Bit,
        MySqlTypeKind.Float or MySqlTypeKind.FloatWithScale => column.SqlType == Real,
        MySqlTypeKind.Double => column.SqlType == Double,
        MySqlTypeKind.Decimal => column.SqlType == Decimal,
        MySqlTypeKind.Date => column.SqlType == Date,
        MySqlTypeKind.Time => column.SqlType == Time,
        MySqlTypeKind.DateTimeMilliseconds or MySqlTypeKind.DateTimeMicroseconds or MySqlTypeKind.Timestamp => column.SqlType == Timestamp,
        MySqlTypeKind.Year => column.SqlType == VarChar,
        MySqlTypeKind.Text => column.SqlType is Char or VarChar or Clob or Blob,

        // Read as a text its bytes are destroyed.
        MySqlTypeKind.Binary or MySqlTypeKind.Blob or MySqlTypeKind.Geometry or MySqlTypeKind.Point => column.SqlType == Blob,
        MySqlTypeKind.Enum => column.SqlType == Integer,
        MySqlTypeKind.Set => column.SqlType == Bit || (column.IsNull && column.SqlType == Blob),
        MySqlTypeKind.Json => column.SqlType is VarChar or Other or Clob or Blob,
        MySqlTypeKind.Uuid => column.SqlType == Char,
        _ => true,
    };

    private static bool AgreeIntegers(MySqlType type, in Column column)
    {
        // An unsigned number that no signed one of its size can hold comes as one of the next size.
        long half = type.Minimum == 0 ? type.Maximum >> 1 : type.Maximum;
        return half switch
        {
            sbyte.MaxValue => column.SqlType == TinyInt || IsAbove(column, SmallInt, half),
            short.MaxValue => column.SqlType == SmallInt || IsAbove(column, Integer, half),
            <= int.MaxValue => column.SqlType == Integer || IsAbove(column, BigInt, int.MaxValue),
            _ => column.SqlType == BigInt,
        };
    }

    private static bool IsAbove(in Column column, int sqlType, long limit) =>
        column.SqlType == sqlType && !column.IsNull && Utf8Parser.TryParse(column.Value, out ulong value, out _) && value > (ulong)limit;
}
