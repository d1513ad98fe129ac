using System.Buffers.Binary;

namespace CanalBridge.Positions;

/// <summary>The prints of the entries met last, each with a number. Bounded: the oldest leave.</summary>
internal sealed class RecentPrints(int capacity)
{
    /// <summary>The print was added with two different numbers.</summary>
    public const int Ambiguous = -1;

    private const int EntryBytes = sizeof(ulong) + sizeof(int);

    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly Queue<ulong> _order = new();

    public int Count => _order.Count;

    public bool Contains(ulong print) => _numbers.ContainsKey(print);

    /// <summary>The number that a print was added with; null for an unknown print.</summary>
    public int? Find(ulong print) => _numbers.TryGetValue(print, out int number) ? number : null;

    public void Add(ulong print, int number = 0)
    {
        if (!_numbers.TryAdd(print, number))
        {
            _numbers[print] = _numbers[print] == number ? number : Ambiguous;
            return;
        }

        _order.Enqueue(print);
        if (_order.Count > capacity)
        {
            _numbers.Remove(_order.Dequeue());
        }
    }

    public void Clear()
    {
        _numbers.Clear();
        _order.Clear();
    }

    /// <summary>The newest prints with their numbers, the oldest of them first, 12 bytes each.</summary>
    public byte[] Newest(int count)
    {
        int skipped = Math.Max(0, _order.Count - count), at = 0;
        byte[] bytes = new byte[(_order.Count - skipped) * EntryBytes];
        foreach (ulong print in _order)
        {
            if (skipped-- <= 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), print);
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + sizeof(ulong)), _numbers[print]);
                at += EntryBytes;
            }
        }

        return bytes;
    }

    /// <summary>Takes what <see cref="Newest"/> gave.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= EntryBytes; bytes = bytes[EntryBytes..])
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(ulong)..]));
        }
    }
}
