using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>Writes what a <see cref="ColumnMask"/> leaves of a column's JSON value. As Debezium 3.5.0 does it, seen on one.</summary>
internal sealed class MaskedTexts : IDisposable
{
    private const int KeptBytes = 1024 * 1024;

    private const byte JavaString = 0x74, JavaLongString = 0x7c;

    private static readonly byte[] JavaStream = [0xac, 0xed, 0x00, 0x05];

    private readonly RecordBuffer _written = new();
    private readonly Dictionary<HashAlgorithmName, IncrementalHash> _hashes = [];
    private byte[] _text = [];

    /// <summary>Where the value itself is to be written, to be masked by <see cref="Write"/>.</summary>
    public RecordBuffer Scratch()
    {
        _written.Clear();
        return _written;
    }

    /// <summary>Writes the value that is in <see cref="Scratch"/> as its mask leaves it.</summary>
    public void Write(ref RecordOutput output, DebeziumColumn column)
    {
        ReadOnlySpan<byte> json = _written.Slice(new ByteRange(0, _written.LengthBytes));
        if (json.IsEmpty || json[0] != (byte)'"')
        {
            // NULL, which stands for some values, is no text.
            output.Write(json);
            return;
        }

        ColumnMask mask = column.Mask!;
        if (mask.Asterisks is not null)
        {
            // They stand for NULL as well.
            output.Write(column.Null);
            return;
        }

        Span<byte> text = Text(json);
        if (mask.Algorithm is { } algorithm)
        {
            WriteHash(ref output, mask, algorithm, text, column.MaskedLength);
        }
        else if (mask.Kept is { } kept && column.IsBinary)
        {
            WriteStartOfBinary(ref output, text, kept);
        }
        else
        {
            WriteStart(ref output, text, mask.Kept ?? 0);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _written.Dispose();
        foreach (IncrementalHash hash in _hashes.Values)
        {
            hash.Dispose();
        }
    }

    private Span<byte> Text(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            // Canal sends none; a reader of JSON would refuse it.
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json));
        }

        if (_text.Length < json.Length || _text.Length > Math.Max(KeptBytes, json.Length))
        {
            _text = new byte[Math.Max(json.Length, Math.Min(json.Length * 2, KeptBytes))];
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        return _text.AsSpan(0, reader.CopyString(_text));
    }

    private static void WriteStartOfBinary(ref RecordOutput output, Span<byte> base64, int kept)
    {
        Base64.DecodeFromUtf8InPlace(base64, out int decoded);
        int length = Math.Min(kept, decoded);
        output.Write((byte)'"');
        Base64.EncodeToUtf8(base64[..length], output.Reserve(Base64.GetMaxEncodedToUtf8Length(length)), out _, out int written);
        output.Advance(written);
        output.Write((byte)'"');
    }

    /// <summary>Java cuts between the two units of a character beyond U+FFFF; the half that stays is written escaped.</summary>
    private static void WriteStart(ref RecordOutput output, ReadOnlySpan<byte> text, int units)
    {
        int end = 0;
        while (end < text.Length && units > 0)
        {
            Rune.DecodeFromUtf8(text[end..], out Rune rune, out int length);
            if (rune.Utf16SequenceLength > units)
            {
                JsonText.WriteQuoted(ref output, text[..end]);
                Span<char> halves = stackalloc char[2];
                rune.EncodeToUtf16(halves);
                WriteHalf(ref output, halves[0]);
                return;
            }

            units -= rune.Utf16SequenceLength;
            end += length;
        }

        JsonText.WriteQuoted(ref output, text[..end]);
    }

    private static void WriteHalf(ref RecordOutput output, char half)
    {
        // Behind the closing quote, which moves on.
        output.Advance(-1);
        output.Write("\\u"u8);
        Span<byte> hex = output.Reserve(4);
        Utf8Formatter.TryFormat((int)half, hex, out int written, new StandardFormat('X', 4));
        output.Advance(written);
        output.Write((byte)'"');
    }

    private void WriteHash(ref RecordOutput output, ColumnMask mask, HashAlgorithmName algorithm, ReadOnlySpan<byte> text, int? length)
    {
        IncrementalHash hash = HashOf(algorithm);
        hash.AppendData(mask.Salt.Span);
        if (mask.IsOfPlainText)
        {
            hash.AppendData(text);
        }
        else
        {
            AppendAsJavaSerializes(hash, text);
        }

        Span<byte> digest = stackalloc byte[64];
        digest = digest[..hash.GetHashAndReset(digest)];
        Span<byte> hex = stackalloc byte[128];
        Convert.TryToHexStringLower(digest, hex, out int written);
        output.Write((byte)'"');
        output.Write(hex[..Math.Min(written, length ?? written)]);
        output.Write((byte)'"');
    }

    [SuppressMessage("Security", "CA5350", Justification = "The operator chooses the digest, by Debezium's names.")]
    [SuppressMessage("Security", "CA5351", Justification = "The operator chooses the digest, by Debezium's names.")]
    private IncrementalHash HashOf(HashAlgorithmName algorithm)
    {
        if (!_hashes.TryGetValue(algorithm, out IncrementalHash? hash))
        {
            hash = IncrementalHash.CreateHash(algorithm);
            _hashes.Add(algorithm, hash);
        }

        return hash;
    }

    /// <summary>Debezium's first version of the hash takes the string as an object stream writes it: in modified UTF-8, behind its length.</summary>
    private static void AppendAsJavaSerializes(IncrementalHash hash, ReadOnlySpan<byte> text)
    {
        // Modified UTF-8: U+0000 in two bytes, each unit of a character beyond U+FFFF in three.
        long length = text.Length;
        foreach (byte b in text)
        {
            length += b == 0 ? 1 : b >= 0xf0 ? 2 : 0;
        }

        Span<byte> head = stackalloc byte[13];
        JavaStream.CopyTo(head);
        head[4] = length <= ushort.MaxValue ? JavaString : JavaLongString;
        int headLength = length <= ushort.MaxValue ? 7 : 13;
        if (headLength == 7)
        {
            BinaryPrimitives.WriteUInt16BigEndian(head[5..], (ushort)length);
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(head[5..], length);
        }

        hash.AppendData(head[..headLength]);
        Span<byte> modified = stackalloc byte[6];
        while (!text.IsEmpty)
        {
            int plain = text.IndexOfAnyExceptInRange((byte)1, (byte)0xef);
            plain = plain < 0 ? text.Length : plain;
            hash.AppendData(text[..plain]);
            text = text[plain..];
            if (text.IsEmpty)
            {
                return;
            }

            Rune.DecodeFromUtf8(text, out Rune rune, out int consumed);
            hash.AppendData(modified[..EncodeModified(rune, modified)]);
            text = text[consumed..];
        }
    }

    private static int EncodeModified(Rune rune, Span<byte> target)
    {
        if (rune.Value == 0)
        {
            target[0] = 0xc0;
            target[1] = 0x80;
            return 2;
        }

        Span<char> units = stackalloc char[2];
        int count = rune.EncodeToUtf16(units);
        for (int i = 0; i < count; i++)
        {
            target[3 * i] = (byte)(0xe0 | (units[i] >> 12));
            target[(3 * i) + 1] = (byte)(0x80 | ((units[i] >> 6) & 0x3f));
            target[(3 * i) + 2] = (byte)(0x80 | (units[i] & 0x3f));
        }

        return 3 * count;
    }
}
