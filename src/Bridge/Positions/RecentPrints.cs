using System.Buffers.Binary;

namespace CanalBridge.Positions;

/// <summary>The prints of the entries met last, each with a number. Bounded: the oldest leave.</summary>
internal sealed class RecentPrints(int capacity)
{
    /// <summary>The print was added with two different numbers.</summary>
    public const int Ambiguous = -1;

    private const int EntryBytes = sizeof(ulong) + sizeof(int);

    private readonly Dictionary<ulong, int> _slots = [];

    // A ring: a position asks for the newest with each batch. It grows up to the capacity and then goes round.
    private (ulong Print, int Number)[] _ring = [];
    private int _oldest;

    public int Count => _slots.Count;

    public bool Contains(ulong print) => _slots.ContainsKey(print);

    /// <summary>The number that a print was added with; null for an unknown print.</summary>
    public int? Find(ulong print) => _slots.TryGetValue(print, out int slot) ? _ring[slot].Number : null;

    public void Add(ulong print, int number = 0)
    {
        if (_slots.TryGetValue(print, out int known))
        {
            _ring[known].Number = _ring[known].Number == number ? number : Ambiguous;
        }
        else if (capacity > 0)
        {
            int slot = FreeSlot();
            _ring[slot] = (print, number);
            _slots.Add(print, slot);
        }
    }

    public void Clear()
    {
        _slots.Clear();
        _oldest = 0;
    }

    /// <summary>The newest prints with their numbers, the oldest of them first, 12 bytes each.</summary>
    public byte[] Newest(int count)
    {
        int taken = Math.Min(count, Count);
        byte[] bytes = new byte[taken * EntryBytes];
        for (int i = 0; i < taken; i++)
        {
            (ulong print, int number) = _ring[(_oldest + Count - taken + i) % _ring.Length];
            Span<byte> entry = bytes.AsSpan(i * EntryBytes, EntryBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, print);
            BinaryPrimitives.WriteInt32LittleEndian(entry[sizeof(ulong)..], number);
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

    /// <summary>A slot at the end; in a full ring that of the oldest, which leaves.</summary>
    private int FreeSlot()
    {
        if (Count == capacity)
        {
            int slot = _oldest;
            _slots.Remove(_ring[slot].Print);
            _oldest = (_oldest + 1) % capacity;
            return slot;
        }

        if (Count == _ring.Length)
        {
            Array.Resize(ref _ring, Math.Min(capacity, Math.Max(16, 2 * _ring.Length)));
        }

        return Count;
    }
}
