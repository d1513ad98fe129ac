namespace Canal.Client.Entries;

/// <summary>Key and value properties inside a message.</summary>
internal static class Pairs
{
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> message, uint fieldTag, ReadOnlySpan<byte> key, string name)
    {
        var reader = new ProtoReader(message, name);
        while (reader.ReadTag() is var tag and not 0)
        {
            if (tag != fieldTag)
            {
                reader.Skip(tag);
                continue;
            }

            ReadOnlySpan<byte> foundKey = default, foundValue = default;
            var pair = new ProtoReader(reader.ReadBytes(), "Pair");
            while (pair.ReadTag() is var pairTag and not 0)
            {
                switch (pairTag)
                {
                    case 0x0a:
                        foundKey = pair.ReadBytes();
                        break;
                    case 0x12:
                        foundValue = pair.ReadBytes();
                        break;
                    default:
                        pair.Skip(pairTag);
                        break;
                }
            }

            if (foundKey.SequenceEqual(key))
            {
                return foundValue;
            }
        }

        return default;
    }
}
