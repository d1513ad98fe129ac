using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Values;

/// <summary>Geometries as quoted WKT, such as <c>POLYGON ((0 0, 1 0, 1 1, 0 0))</c>; the SRID is left out.</summary>
internal static class WellKnownText
{
    private const int SridBytes = 4, HeaderBytes = 5, PointBytes = 16;

    // A collection in a collection, as deep as anybody may need.
    private const int DeepestNesting = 32;

    /// <summary>Writes the server's form: SRID (4 bytes), then WKB.</summary>
    public static bool TryWrite(ref RecordOutput output, scoped ReadOnlySpan<byte> text)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(text.Length + 1);
        int length = new Latin1Reader(text).Read(bytes);
        ReadOnlySpan<byte> wkb = length > SridBytes ? bytes.AsSpan(SridBytes, length - SridBytes) : default;
        output.Write((byte)'"');
        bool isGeometry = TryWrite(ref output, ref wkb, withName: true, depth: 0) && wkb.IsEmpty;
        output.Write((byte)'"');
        ArrayPool<byte>.Shared.Return(bytes);
        return isGeometry;
    }

    private static bool TryWrite(ref RecordOutput output, scoped ref ReadOnlySpan<byte> wkb, bool withName, int depth)
    {
        // MySQL stores little-endian WKB only.
        if (wkb.Length < HeaderBytes || wkb[0] != 1 || depth > DeepestNesting)
        {
            return false;
        }

        uint type = BinaryPrimitives.ReadUInt32LittleEndian(wkb[1..]);
        wkb = wkb[HeaderBytes..];
        if (withName)
        {
            output.Write(type switch
            {
                1 => "POINT "u8,
                2 => "LINESTRING "u8,
                3 => "POLYGON "u8,
                4 => "MULTIPOINT "u8,
                5 => "MULTILINESTRING "u8,
                6 => "MULTIPOLYGON "u8,
                _ => "GEOMETRYCOLLECTION "u8,
            });
        }

        return type switch
        {
            1 => TryWritePoints(ref output, ref wkb, 1),
            2 => TryReadCount(ref wkb, out uint points) && TryWritePoints(ref output, ref wkb, points),
            3 => TryWriteList(ref output, ref wkb, isRings: true, withName: false, depth),
            4 or 5 or 6 => TryWriteList(ref output, ref wkb, isRings: false, withName: false, depth),
            7 => TryWriteList(ref output, ref wkb, isRings: false, withName: true, depth),
            _ => false,
        };
    }

    /// <summary>Rings of a polygon, or parts that are geometries of their own.</summary>
    private static bool TryWriteList(ref RecordOutput output, scoped ref ReadOnlySpan<byte> wkb, bool isRings, bool withName, int depth)
    {
        if (!TryReadCount(ref wkb, out uint count))
        {
            return false;
        }

        if (count == 0)
        {
            output.Write("EMPTY"u8);
            return true;
        }

        for (uint i = 0; i < count; i++)
        {
            output.Write(i == 0 ? "("u8 : ", "u8);
            bool isPart = isRings
                ? TryReadCount(ref wkb, out uint points) && TryWritePoints(ref output, ref wkb, points)
                : TryWrite(ref output, ref wkb, withName, depth + 1);
            if (!isPart)
            {
                return false;
            }
        }

        output.Write((byte)')');
        return true;
    }

    private static bool TryWritePoints(ref RecordOutput output, scoped ref ReadOnlySpan<byte> wkb, uint count)
    {
        if (count == 0 || wkb.Length / PointBytes < count)
        {
            return false;
        }

        for (uint i = 0; i < count; i++)
        {
            output.Write(i == 0 ? "("u8 : ", "u8);
            WriteNumber(ref output, BinaryPrimitives.ReadDoubleLittleEndian(wkb));
            output.Write((byte)' ');
            WriteNumber(ref output, BinaryPrimitives.ReadDoubleLittleEndian(wkb[8..]));
            wkb = wkb[PointBytes..];
        }

        output.Write((byte)')');
        return true;
    }

    private static bool TryReadCount(scoped ref ReadOnlySpan<byte> wkb, out uint count)
    {
        bool isThere = BinaryPrimitives.TryReadUInt32LittleEndian(wkb, out count);
        wkb = isThere ? wkb[sizeof(uint)..] : wkb;
        return isThere;
    }

    private static void WriteNumber(ref RecordOutput output, double value)
    {
        const int longest = 32;
        value.TryFormat(output.Reserve(longest), out int length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
    }
}
