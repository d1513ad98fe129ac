using Canal.Client.Entries;

namespace CanalBridge.Serialization;

/// <summary>What an entry turned out to be.</summary>
public enum EntryKind
{
    /// <summary>Row changes; records were written.</summary>
    Rows,

    /// <summary>BEGIN of a source transaction.</summary>
    TransactionBegin,

    /// <summary>END of a source transaction.</summary>
    TransactionEnd,

    /// <summary>DDL, without rows.</summary>
    Ddl,

    /// <summary>INSERT, UPDATE or DELETE as text (statement format): rows are missing, the source is misconfigured.</summary>
    StatementDml,

    /// <summary>Statement text ahead of its rows, or a statement that changes no table.</summary>
    Query,

    /// <summary>XA COMMIT or XA ROLLBACK.</summary>
    Xa,

    /// <summary>An entry of a kind unknown here, or one that carries nothing.</summary>
    Other,
}

/// <summary>What came of one entry.</summary>
/// <param name="Kind">What the entry was.</param>
/// <param name="Rows">Rows in the entry, skipped ones included.</param>
/// <param name="DamagedValues">Text values with U+FFFD in a column: the source column is not UTF-8 and Canal has destroyed it.</param>
public readonly record struct EntryResult(EntryKind Kind, int Rows, int DamagedValues);

/// <summary>Turns entries into Kafka records; remembers table layouts and the open source transaction. One per destination, not thread-safe.</summary>
public sealed class EntrySerializer
{
    /// <summary>Creates a serializer that knows no table yet.</summary>
    public EntrySerializer(SerializationSettings settings) => Settings = settings;

    /// <summary>What was set.</summary>
    public SerializationSettings Settings { get; }

    /// <summary>Writes the records of an entry's rows, in row order; entries without rows only change what is remembered.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="firstRow">Rows before this index were published before and are passed over.</param>
    /// <param name="nowNanoseconds">Wall clock since the Unix epoch, for the envelope's ts_ms, ts_us and ts_ns.</param>
    /// <param name="output">Receives the records. On an exception it is left as it was.</param>
    /// <exception cref="UnmappableValueException">A value does not fit its column's type.</exception>
    /// <exception cref="Canal.Client.CanalProtocolException">The entry is malformed.</exception>
    public EntryResult Write(in CanalEntry entry, int firstRow, long nowNanoseconds, RecordBuffer output) =>
        throw new NotSupportedException();
}
