using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>The value of Debezium's record, JSON without schemas: before, after, source, transaction, op, ts_ms, ts_us, ts_ns.</summary>
internal sealed class DebeziumValueWriter : EnvelopeValueWriter
{
    private readonly RowWriter<JsonFields> _rows;
    private readonly SourceTransaction? _transaction;

    private ByteRange _untilRow;
    private ByteRange _untilTransaction;

    // The same, and on without a transaction.
    private ByteRange _untilOp;

    public DebeziumValueWriter(SerializationSettings settings, RowWriter<JsonFields> rows, SourceTransaction? transaction)
    {
        _rows = rows;
        _transaction = transaction;
        var output = new RecordOutput(Fixed);
        output.Write(",\"source\":{\"version\":"u8);
        WriteString(ref output, settings.DebeziumVersion);
        output.Write(",\"connector\":"u8);
        WriteString(ref output, settings.ConnectorName);
        output.Write(",\"name\":"u8);
        WriteString(ref output, settings.TopicPrefix);
        output.Write(",\"ts_ms\":"u8);
        output.Flush();
        EndStart();
    }

    /// <summary>Writes the value of a truncate.</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="lastRow">As of <see cref="SourceStatement.LastRow"/>.</param>
    public void WriteTruncate(ref RecordOutput output, int lastRow)
    {
        output.Write("{\"before\":null,\"after\":null"u8);
        WriteSourceAndTransaction(ref output, lastRow, transaction: null);
        WriteOperation(ref output, (byte)'t');
    }

    /// <summary>Writes the value of one record; its operation is another than the change's where a key changed.</summary>
    public void Write(ref RecordOutput output, DebeziumTable table, in ChangeEvent change, Operation operation)
    {
        WriteImages(ref output, table, change, operation);
        WriteSourceAndTransaction(ref output, change.RowIndex, _transaction);
        WriteOperation(ref output, LetterOf(operation));
    }

    private void WriteSourceAndTransaction(ref RecordOutput output, int rowIndex, SourceTransaction? transaction)
    {
        output.Write(Fixed.Slice(Start));
        output.Write(Fixed.Slice(_untilRow));
        output.WriteNumber(rowIndex);
        if (transaction is { IsOpen: true })
        {
            output.Write(Fixed.Slice(_untilTransaction));
            transaction.WriteNext(ref output);
            output.Write(",\"op\":\""u8);
        }
        else
        {
            output.Write(Fixed.Slice(_untilOp));
        }
    }

    private void WriteOperation(ref RecordOutput output, byte operation)
    {
        output.Write(operation);
        output.Write(Fixed.Slice(Rest));
    }

    /// <inheritdoc />
    protected override void WriteRest(ref RecordOutput output, long nowNanoseconds)
    {
        output.Write("\",\"ts_ms\":"u8);
        output.WriteNumber(nowNanoseconds / 1_000_000);
        output.Write(",\"ts_us\":"u8);
        output.WriteNumber(nowNanoseconds / 1000);
        output.Write(",\"ts_ns\":"u8);
        output.WriteNumber(nowNanoseconds);
        output.Write((byte)'}');
    }

    /// <inheritdoc />
    protected override void WriteSource(ref RecordOutput output, in EntryHeader header, ReadOnlySpan<byte> schema, ReadOnlySpan<byte> table, long? threadId)
    {
        int start = output.Position;
        WriteSource(ref output, header, schema, table);
        _untilRow = output.RangeFrom(start);

        start = output.Position;
        output.Write(",\"thread\":"u8);
        WriteNumberOrNull(ref output, threadId);
        output.Write(",\"query\":null},\"transaction\":"u8);
        _untilTransaction = output.RangeFrom(start);
        output.Write("null,\"op\":\""u8);
        _untilOp = output.RangeFrom(start);
    }

    private void WriteImages(ref RecordOutput output, DebeziumTable table, in ChangeEvent change, Operation operation)
    {
        switch (operation)
        {
            case Operation.Create:
                output.Write("{\"before\":null,\"after\":"u8);
                _rows.WriteAfter(ref output, table, change);
                break;
            case Operation.Update:
                output.Write("{\"before\":"u8);
                _rows.WriteBefore(ref output, table, change);
                output.Write(",\"after\":"u8);
                _rows.WriteAfterBefore(ref output, table, change);
                break;
            default:
                output.Write("{\"before\":"u8);
                _rows.WriteBefore(ref output, table, change);
                output.Write(",\"after\":null"u8);
                break;
        }
    }

    /// <summary>The members of <c>source</c> from the value of ts_ms to the name of row.</summary>
    /// <param name="output">Receives them.</param>
    /// <param name="header">The entry's header.</param>
    /// <param name="schema">Database.</param>
    /// <param name="table">Table.</param>
    /// <param name="hasTable">False for a null in its place.</param>
    internal static void WriteSource(ref RecordOutput output, in EntryHeader header, scoped ReadOnlySpan<byte> schema, scoped ReadOnlySpan<byte> table, bool hasTable = true)
    {
        long milliseconds = header.ExecuteTimeMilliseconds;
        output.WriteNumber(milliseconds);
        output.Write(",\"snapshot\":\"false\",\"db\":"u8);
        JsonText.WriteQuoted(ref output, schema);
        output.Write(",\"sequence\":null,\"ts_us\":"u8);
        output.WriteNumber(milliseconds * 1000);
        output.Write(",\"ts_ns\":"u8);
        output.WriteNumber(milliseconds * 1_000_000);
        output.Write(",\"table\":"u8);
        if (hasTable)
        {
            JsonText.WriteQuoted(ref output, table);
        }
        else
        {
            output.Write("null"u8);
        }

        output.Write(",\"server_id\":"u8);
        output.WriteNumber(header.ServerId);
        output.Write(",\"gtid\":"u8);
        WriteGtid(ref output, header);
        output.Write(",\"file\":"u8);
        JsonText.WriteQuoted(ref output, header.LogfileName);
        output.Write(",\"pos\":"u8);
        output.WriteNumber(header.LogfileOffset);
        output.Write(",\"row\":"u8);
    }

    private static void WriteGtid(ref RecordOutput output, in EntryHeader header)
    {
        ReadOnlySpan<byte> gtid = header.TransactionGtid;
        if (gtid.IsEmpty)
        {
            output.Write("null"u8);
        }
        else
        {
            JsonText.WriteQuoted(ref output, gtid);
        }
    }

    internal static void WriteNumberOrNull(ref RecordOutput output, long? value)
    {
        if (value is { } number)
        {
            output.WriteNumber(number);
        }
        else
        {
            output.Write("null"u8);
        }
    }

    private static void WriteString(ref RecordOutput output, string text) => JsonText.WriteQuoted(ref output, Encoding.UTF8.GetBytes(text));
}
