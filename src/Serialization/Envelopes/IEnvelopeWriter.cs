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

    /// <summary>Values that fit no type and for which something else was written, since <see cref="BeginEntry"/>.</summary>
    int UnfitValues => 0;

    /// <summary>What is known of the source transaction under way, to be kept with the position; null if nothing is.</summary>
    string? OpenTransaction => null;

    /// <summary>Whether it reads rows itself: they come without layout and images then, and may be partial. No layout is learned, and the source not asked.</summary>
    bool ReadsRows => false;

    /// <summary>Goes on with a source transaction that was kept. Before the first entry.</summary>
    /// <exception cref="FormatException">It is no such state.</exception>
    void RestoreTransaction(string state)
    {
    }

    /// <summary>Appends a heartbeat, if the envelope has any.</summary>
    void WriteHeartbeat(string topic, long nowNanoseconds, RecordBuffer records)
    {
    }


    /// <summary>A source transaction begins. MariaDB's have no BEGIN.</summary>
    /// <param name="begin">Its entry.</param>
    /// <param name="context">Whether it is new.</param>
    /// <param name="records">Receives a record, if the envelope has one for it.</param>
    void BeginTransaction(in CanalEntry begin, in EntryContext context, RecordBuffer records);

    /// <summary>The source transaction ends.</summary>
    /// <param name="end">Its entry.</param>
    /// <param name="context">Whether it is new.</param>
    /// <param name="records">Receives a record, if the envelope has one for it.</param>
    void EndTransaction(in CanalEntry end, in EntryContext context, RecordBuffer records);

    /// <summary>Appends the records of a statement, if the envelope has any for it.</summary>
    /// <returns>Whether it has.</returns>
    bool WriteStatement(in SourceStatement statement, in EntryContext context, RecordBuffer records);

    /// <summary>Prepares what is the same for all rows of an entry.</summary>
    /// <param name="header">The entry's header.</param>
    /// <param name="table">Its table.</param>
    /// <param name="context">Clock and batch.</param>
    /// <param name="records">Receives a record, if the envelope has one for a transaction that begins with these rows.</param>
    void BeginEntry(in EntryHeader header, SourceTable table, in EntryContext context, RecordBuffer records);

    /// <summary>Appends the records of one row change: none, one or several, in the order they must stand in Kafka.</summary>
    /// <exception cref="UnmappableValueException">A value does not fit its column's type; the caller takes back what was appended.</exception>
    void WriteRow(in ChangeEvent change, RecordBuffer records);

    /// <summary>All rows of the entry were written: an envelope with one record for all of them appends it now.</summary>
    void EndEntry(RecordBuffer records);
}
