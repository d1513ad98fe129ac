using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>What is the same in all encodings of Debezium's value: three stretches, written once, stand around the two things that differ between the rows of an entry, <c>source.row</c> and <c>op</c>.</summary>
internal abstract class EnvelopeValueWriter : IDisposable
{
    private ByteRange _start;
    private long _now = long.MinValue;

    /// <summary>Holds the stretches.</summary>
    protected RecordBuffer Fixed { get; } = new();

    /// <summary>The start of <c>source</c>, the same for ever.</summary>
    protected ByteRange Start => _start;

    /// <summary>What stands behind <c>op</c>: the same for a batch.</summary>
    protected ByteRange Rest { get; private set; }

    /// <summary>Prepares what is the same for all rows of an entry.</summary>
    public void BeginEntry(in EntryHeader header, long? threadId, long nowNanoseconds)
    {
        SetClock(nowNanoseconds);
        BeginSource(header, header.SchemaName, header.TableName, threadId);
    }

    /// <summary>Prepares a truncate: the table is the one that the statement names, which Canal may spell otherwise in the header. A statement has no thread.</summary>
    public void BeginTruncate(in EntryHeader header, SourceTable table, long nowNanoseconds)
    {
        SetClock(nowNanoseconds);
        BeginSource(header, Encoding.UTF8.GetBytes(table.Schema), Encoding.UTF8.GetBytes(table.Name), threadId: null);
    }

    /// <inheritdoc />
    public void Dispose() => Fixed.Dispose();

    /// <summary>Debezium's letter for an operation.</summary>
    protected static byte LetterOf(Operation operation) => operation switch
    {
        Operation.Create => (byte)'c',
        Operation.Update => (byte)'u',
        _ => (byte)'d',
    };

    /// <summary>What was written to <see cref="Fixed"/> so far is <see cref="Start"/>.</summary>
    protected void EndStart() => _start = new ByteRange(0, Fixed.LengthBytes);

    /// <summary>Writes the three clocks and what ends the value.</summary>
    protected abstract void WriteRest(ref RecordOutput output, long nowNanoseconds);

    /// <summary>Writes what is the same for all rows of an entry, and remembers where.</summary>
    protected abstract void WriteSource(ref RecordOutput output, in EntryHeader header, ReadOnlySpan<byte> schema, ReadOnlySpan<byte> table, long? threadId);

    private void BeginSource(in EntryHeader header, ReadOnlySpan<byte> schema, ReadOnlySpan<byte> table, long? threadId)
    {
        Fixed.Truncate(0, Rest.Start + Rest.Length);
        var output = new RecordOutput(Fixed);
        WriteSource(ref output, header, schema, table, threadId);
        output.Flush();
    }

    private void SetClock(long nowNanoseconds)
    {
        if (nowNanoseconds == _now)
        {
            // The batch's clock: the same for many entries.
            return;
        }

        _now = nowNanoseconds;
        Fixed.Truncate(0, _start.Length);
        var output = new RecordOutput(Fixed);
        int start = output.Position;
        WriteRest(ref output, nowNanoseconds);
        Rest = output.RangeFrom(start);
        output.Flush();
    }
}
