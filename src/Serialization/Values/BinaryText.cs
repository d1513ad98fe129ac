using System.Buffers.Binary;
using System.Buffers.Text;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Values;

/// <summary>Binary columns, bits, geometries and UUIDs.</summary>
internal static class BinaryText
{
    /// <summary>A multiple of three: pieces of base64 join without padding between them.</summary>
    private const int PieceBytes = 768;

    private delegate void PieceWriter(ref RecordOutput output, scoped ReadOnlySpan<byte> piece);

    private const int SridBytes = 4, PointBytes = 21, UuidBytes = 16;

    /// <summary>Writes quoted base64, padded with zero bytes to <paramref name="size"/>: MySQL cuts them off in the binlog.</summary>
    public static bool TryWriteBase64(ref RecordOutput output, scoped Latin1Reader reader, int size)
    {
        return TryWritePieces(ref output, reader, size, static (ref RecordOutput target, scoped ReadOnlySpan<byte> piece) =>
        {
            Base64.EncodeToUtf8(piece, target.Reserve(Base64.GetMaxEncodedToUtf8Length(PieceBytes)), out _, out int length);
            target.Advance(length);
        });
    }

    private static bool TryWritePieces(ref RecordOutput output, scoped Latin1Reader reader, int size, PieceWriter write)
    {
        Span<byte> piece = stackalloc byte[PieceBytes];
        output.Write((byte)'"');
        int count, total = 0;
        do
        {
            count = reader.Read(piece);
            if (count < 0)
            {
                return false;
            }

            total += count;
            while (count < PieceBytes && total < size)
            {
                piece[count++] = 0;
                total++;
            }

            write(ref output, piece[..count]);
        }
        while (count == PieceBytes);
        output.Write((byte)'"');
        return true;
    }

    /// <summary>As <see cref="TryWriteBase64"/> with <c>-</c> and <c>_</c>, padding kept.</summary>
    public static bool TryWriteBase64Url(ref RecordOutput output, scoped Latin1Reader reader, int size)
    {
        return TryWritePieces(ref output, reader, size, static (ref RecordOutput target, scoped ReadOnlySpan<byte> piece) =>
        {
            Span<byte> text = target.Reserve(Base64.GetMaxEncodedToUtf8Length(PieceBytes));
            Base64.EncodeToUtf8(piece, text, out _, out int length);
            text[..length].Replace((byte)'+', (byte)'-');
            text[..length].Replace((byte)'/', (byte)'_');
            target.Advance(length);
        });
    }

    /// <summary>Writes quoted lower-case hex, padded as <see cref="TryWriteBase64"/>.</summary>
    public static bool TryWriteHex(ref RecordOutput output, scoped Latin1Reader reader, int size)
    {
        return TryWritePieces(ref output, reader, size, static (ref RecordOutput target, scoped ReadOnlySpan<byte> piece) =>
        {
            Convert.TryToHexStringLower(piece, target.Reserve(piece.Length * 2), out int length);
            target.Advance(length);
        });
    }

    /// <summary>Number of bytes in Canal's text of them: one character each, of which those from 0x80 on take two bytes in UTF-8.</summary>
    public static int LengthOf(ReadOnlySpan<byte> utf8)
    {
        int length = 0;
        foreach (byte b in utf8)
        {
            length += (b & 0xc0) == 0x80 ? 0 : 1;
        }

        return length;
    }

    /// <summary>Writes a few bytes as quoted base64.</summary>
    public static void WriteBase64(ref RecordOutput output, scoped ReadOnlySpan<byte> bytes)
    {
        Span<byte> target = output.Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length) + 2);
        target[0] = (byte)'"';
        Base64.EncodeToUtf8(bytes, target[1..], out _, out int length);
        target[length + 1] = (byte)'"';
        output.Advance(length + 2);
    }

    /// <summary>BIT(1) is a boolean, more bits are little-endian bytes.</summary>
    public static bool TryWriteBits(ref RecordOutput output, scoped ReadOnlySpan<byte> text, int bits)
    {
        if (!Utf8Parser.TryParse(text, out ulong value, out int used) || used != text.Length || (bits < 64 && value >> bits != 0))
        {
            return false;
        }

        if (bits == 1)
        {
            output.Write(value == 0 ? "false"u8 : "true"u8);
            return true;
        }

        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        WriteBase64(ref output, bytes[..((bits + 7) / 8)]);
        return true;
    }

    /// <summary>The server's form: SRID (4 bytes, little-endian), then WKB.</summary>
    public static bool TryWriteGeometry(ref RecordOutput output, scoped ReadOnlySpan<byte> text, bool isPoint)
    {
        var reader = new Latin1Reader(text);
        Span<byte> srid = stackalloc byte[SridBytes];
        if (reader.Read(srid) != SridBytes || (isPoint && !TryWriteCoordinates(ref output, reader)))
        {
            return false;
        }

        output.Write(isPoint ? ",\"wkb\":"u8 : "{\"wkb\":"u8);
        if (!TryWriteBase64(ref output, reader, 0))
        {
            return false;
        }

        output.Write(",\"srid\":"u8);
        int number = BinaryPrimitives.ReadInt32LittleEndian(srid);
        if (number == 0)
        {
            output.Write("null"u8);
        }
        else
        {
            output.WriteNumber(number);
        }

        output.Write((byte)'}');
        return true;
    }

    /// <summary>Lower-case, with dashes. Bytes cut off at the end are made up on the left, as Debezium 3.5 does.</summary>
    /// <returns>Whether the 16 bytes could be recovered; if not, nothing was written.</returns>
    public static bool TryWriteUuid(ref RecordOutput output, scoped ReadOnlySpan<byte> bytes)
    {
        // Canal decoded the bytes as UTF-8: what survived is in its UTF-8 form again.
        if (bytes.Length > UuidBytes || bytes.IndexOf("\uFFFD"u8) >= 0)
        {
            return false;
        }

        Span<byte> padded = stackalloc byte[UuidBytes];
        padded.Clear();
        bytes.CopyTo(padded[(UuidBytes - bytes.Length)..]);
        Span<byte> target = output.Reserve(38);
        target[0] = (byte)'"';
        Utf8Formatter.TryFormat(new Guid(padded, bigEndian: true), target[1..], out int length);
        target[length + 1] = (byte)'"';
        output.Advance(length + 2);
        return true;
    }

    private static bool TryWriteCoordinates(ref RecordOutput output, scoped Latin1Reader reader)
    {
        Span<byte> wkb = stackalloc byte[PointBytes];
        if (reader.Read(wkb) != PointBytes || wkb[0] != 1)
        {
            return false;
        }

        output.Write("{\"x\":"u8);
        JavaNumbers.WriteDouble(ref output, BinaryPrimitives.ReadDoubleLittleEndian(wkb[5..]));
        output.Write(",\"y\":"u8);
        JavaNumbers.WriteDouble(ref output, BinaryPrimitives.ReadDoubleLittleEndian(wkb[13..]));
        return true;
    }
}
