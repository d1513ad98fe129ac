using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Mirror;

/// <summary>A column of the target; its type says what the JSON of a value means, which a record without schema does not.</summary>
/// <param name="Type">As in information_schema: decimal, datetime …</param>
/// <param name="Scale">Digits after the point of a DECIMAL, of the second of a time.</param>
internal sealed record TargetColumn(string Name, string Type, bool IsUnsigned, int Scale)
{
    /// <summary>A value of the record as a parameter of a statement.</summary>
    public object? Parse(JsonElement json) => (json.ValueKind, Type) switch
    {
        (JsonValueKind.Null, _) => null,
        (JsonValueKind.True, _) => 1,
        (JsonValueKind.False, _) => 0,
        (JsonValueKind.String, "decimal") => Decimal(json.GetBytesFromBase64()),
        (JsonValueKind.String, "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob") => json.GetBytesFromBase64(),
        (JsonValueKind.String, "bit") => Bits(json.GetBytesFromBase64()),
        (JsonValueKind.String, "timestamp") => json.GetString()!.Replace('T', ' ').TrimEnd('Z'), // the session is in UTC
        (JsonValueKind.String, _) => json.GetString(),
        (JsonValueKind.Number, "date") => DateTime.UnixEpoch.AddDays(json.GetInt32()),
        (JsonValueKind.Number, "datetime") => DateTime.UnixEpoch.AddTicks(json.GetInt64() * (Scale > 3 ? TimeSpan.TicksPerMicrosecond : TimeSpan.TicksPerMillisecond)),
        (JsonValueKind.Number, "time") => new TimeSpan(json.GetInt64() * TimeSpan.TicksPerMicrosecond),
        (JsonValueKind.Number, "bigint") when IsUnsigned => unchecked((ulong)json.GetInt64()), // above 2^63 it wraps
        (JsonValueKind.Number, "float" or "double") => json.GetDouble(),
        (JsonValueKind.Number, _) => json.GetInt64(),
        _ => throw new InvalidDataException($"Column {Name} of type {Type} has a value that is a JSON {json.ValueKind}."),
    };

    /// <summary>Base64 of the unscaled number, big-endian. As text, since a .NET decimal has 28 digits and MySQL's 65.</summary>
    private string Decimal(byte[] bytes)
    {
        var number = new BigInteger(bytes, isUnsigned: false, isBigEndian: true);
        string digits = BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
        return $"{(number.Sign < 0 ? "-" : "")}{digits[..^Scale]}.{digits[^Scale..]}";
    }

    /// <summary>BIT(2) and wider: base64, little-endian.</summary>
    private static ulong Bits(byte[] bytes) => (ulong)new BigInteger(bytes, isUnsigned: true);
}
