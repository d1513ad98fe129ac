using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes;

/// <summary>A format of records: decides which records a row change makes, and writes their keys, values and headers. Not thread-safe.</summary>
/// <remarks>
/// The envelope owns everything its readers see but the topic. What is the same for all rows of a table it may keep in
/// <see cref="Tables.TableLayout.Prepared"/>; that is dropped with the layout, when the table changes.
/// </remarks>
internal interface IEnvelopeWriter : IDisposable
{
    /// <summary>Headers that every record carries, in order.</summary>
    IReadOnlyList<KeyValuePair<string, byte[]>> SharedHeaders { get; }

    /// <summary>Values whose text Canal had destroyed, since <see cref="BeginEntry"/>.</summary>
    int DamagedValues { get; }

    /// <summary>A source transaction begins. MariaDB's have no BEGIN.</summary>
    /// <param name="begin">Its entry.</param>
    void BeginTransaction(in CanalEntry begin);

    /// <summary>The source transaction ends.</summary>
    void EndTransaction();

    /// <summary>Prepares what is the same for all rows of an entry.</summary>
    /// <param name="header">The entry's header.</param>
    /// <param name="nowNanoseconds">Wall clock since the Unix epoch.</param>
    void BeginEntry(in EntryHeader header, long nowNanoseconds);

    /// <summary>Appends the record of a TRUNCATE TABLE.</summary>
    /// <param name="header">Header of its entry.</param>
    /// <param name="table">The table that the statement names.</param>
    /// <param name="layout">Its columns; null if they are unknown.</param>
    /// <param name="records">Receives the record.</param>
    /// <returns>False if it cannot be written without knowing the columns.</returns>
    bool TryWriteTruncate(in EntryHeader header, SourceTable table, TableLayout? layout, RecordBuffer records);

    /// <summary>Appends the records of one row change: none, one or several, in the order they must stand in Kafka.</summary>
    /// <exception cref="UnmappableValueException">A value does not fit its column's type; the caller takes back what was appended.</exception>
    void WriteRow(in ChangeEvent change, RecordBuffer records);
}
