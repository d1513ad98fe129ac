using Canal.Client.Entries;

namespace Canal.Client.UnitTests.Entries;

/// <summary>Writes a message anew in another legal form: fields reordered, varints of ten bytes, unknown fields in between.</summary>
internal sealed class WireMangler(Random random)
{
    private static readonly IReadOnlyDictionary<uint, string> NoChildren = new Dictionary<uint, string>();

    // Message name to the tags of its sub-messages.
    private static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<uint, string>> Children = new Dictionary<string, IReadOnlyDictionary<uint, string>>
    {
        ["Entry"] = new Dictionary<uint, string> { [0x0a] = "Header", [0x1a] = "RowChange" },
        ["Header"] = new Dictionary<uint, string> { [0x62] = "Pair" },
        ["RowChange"] = new Dictionary<uint, string> { [0x62] = "RowData", [0x6a] = "Pair" },
        ["RowData"] = new Dictionary<uint, string> { [0x0a] = "Column", [0x12] = "Column", [0x1a] = "Pair" },
    };

    public byte[] Mangle(ReadOnlySpan<byte> message, string name)
    {
        IReadOnlyDictionary<uint, string> children = Children.GetValueOrDefault(name, NoChildren);
        var groups = new Dictionary<uint, List<byte[]>>();
        var reader = new ProtoReader(message, name);
        while (reader.ReadTag() is var tag and not 0)
        {
            using var field = new MemoryStream();
            WriteVarint(field, tag, wide: false);
            switch (tag & 7)
            {
                case 0:
                    WriteVarint(field, reader.ReadVarint(), wide: random.Next(2) == 0);
                    break;
                case 2:
                    ReadOnlySpan<byte> value = reader.ReadBytes();
                    byte[] written = children.TryGetValue(tag, out string? child) ? Mangle(value, child) : value.ToArray();
                    WriteVarint(field, (ulong)written.Length, wide: random.Next(4) == 0);
                    field.Write(written);
                    break;
                default:
                    throw new InvalidOperationException($"Wire type {tag & 7} is not in these messages.");
            }

            (groups.TryGetValue(tag, out List<byte[]>? list) ? list : groups[tag] = []).Add(field.ToArray());
        }

        return Merge([.. groups.Values.Select(g => new Queue<byte[]>(g))]);
    }

    /// <summary>Any order between fields; that of repeated ones stays.</summary>
    private byte[] Merge(List<Queue<byte[]>> groups)
    {
        using var merged = new MemoryStream();
        while (groups.Count > 0)
        {
            if (random.Next(4) == 0)
            {
                merged.Write(UnknownField());
            }

            int pick = random.Next(groups.Count);
            merged.Write(groups[pick].Dequeue());
            if (groups[pick].Count == 0)
            {
                groups.RemoveAt(pick);
            }
        }

        return merged.ToArray();
    }

    // Field 100 in each wire type that is in use.
    private byte[] UnknownField() => random.Next(4) switch
    {
        0 => [0xa0, 0x06, 0x05],
        1 => [0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8],
        2 => [0xa2, 0x06, 3, 1, 2, 3],
        _ => [0xa5, 0x06, 1, 2, 3, 4],
    };

    private static void WriteVarint(MemoryStream target, ulong value, bool wide)
    {
        int written = 0;
        while (value >= 0x80 || (wide && written < 9))
        {
            target.WriteByte((byte)(value | 0x80));
            value >>= 7;
            written++;
        }

        target.WriteByte((byte)value);
    }
}
