using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Envelopes.Debezium;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.Avro;

/// <summary>The value of Debezium's record as Avro's record <c>Envelope</c>: before, after, source, transaction, op, ts_ms, ts_us, ts_ns.</summary>
internal sealed class AvroValueWriter : IDisposable
{
    private const byte Null = 0, Present = 2;

    private readonly RowWriter<AvroFields> _rows;

    // Around the two things that differ between the rows of an entry: source.row and op.
    private readonly RecordBuffer _fixed = new();
    private readonly ByteRange _connector;
    private ByteRange _untilRow;
    private ByteRange _untilOp;
    private ByteRange _rest;
    private long _now = long.MinValue;

    public AvroValueWriter(SerializationSettings settings, RowWriter<AvroFields> rows)
    {
        _rows = rows;
        var output = new RecordOutput(_fixed);
        WriteString(ref output, settings.DebeziumVersion);
        WriteString(ref output, settings.ConnectorName);
        WriteString(ref output, settings.TopicPrefix);
        output.Flush();
        _connector = new ByteRange(0, _fixed.LengthBytes);
    }

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

    /// <summary>Writes the value of a truncate.</summary>
    public void WriteTruncate(ref RecordOutput output)
    {
        output.Write([Null, Null]);
        WriteRest(ref output, rowIndex: 0, (byte)'t');
    }

    /// <summary>Writes the value of one record; its operation is another than the change's where a key changed.</summary>
    public void Write(ref RecordOutput output, DebeziumTable table, in ChangeEvent change, Operation operation)
    {
        WriteImages(ref output, table, change, operation);
        WriteRest(ref output, change.RowIndex, operation switch
        {
            Operation.Create => (byte)'c',
            Operation.Update => (byte)'u',
            _ => (byte)'d',
        });
    }

    /// <inheritdoc />
    public void Dispose() => _fixed.Dispose();

    private void WriteImages(ref RecordOutput output, DebeziumTable table, in ChangeEvent change, Operation operation)
    {
        if (operation == Operation.Create)
        {
            output.Write([Null, Present]);
            _rows.WriteAfter(ref output, table, change);
            return;
        }

        output.Write(Present);
        _rows.WriteBefore(ref output, table, change);
        if (operation == Operation.Update)
        {
            output.Write(Present);
            _rows.WriteAfterBefore(ref output, table, change);
        }
        else
        {
            output.Write(Null);
        }
    }

    private void WriteRest(ref RecordOutput output, int rowIndex, byte operation)
    {
        output.Write(_fixed.Slice(_connector));
        output.Write(_fixed.Slice(_untilRow));
        AvroOutput.WriteLong(ref output, rowIndex);
        output.Write(_fixed.Slice(_untilOp));
        output.Write(operation);
        output.Write(_fixed.Slice(_rest));
    }

    private void SetClock(long nowNanoseconds)
    {
        if (nowNanoseconds == _now)
        {
            // The batch's clock: the same for many entries.
            return;
        }

        _now = nowNanoseconds;
        _fixed.Truncate(0, _connector.Length);
        var output = new RecordOutput(_fixed);
        int start = output.Position;
        WriteOptional(ref output, _now / 1_000_000);
        WriteOptional(ref output, _now / 1000);
        WriteOptional(ref output, _now);
        _rest = output.RangeFrom(start);
        output.Flush();
    }

    private void BeginSource(in EntryHeader header, ReadOnlySpan<byte> schema, ReadOnlySpan<byte> table, long? threadId)
    {
        _fixed.Truncate(0, _rest.Start + _rest.Length);
        var output = new RecordOutput(_fixed);
        int start = output.Position;
        WriteSource(ref output, header, schema, table);
        _untilRow = output.RangeFrom(start);

        start = output.Position;
        WriteOptional(ref output, threadId);

        // No query, no transaction, and a text of one character.
        output.Write([Null, Null, 2]);
        _untilOp = output.RangeFrom(start);
        output.Flush();
    }

    private static void WriteSource(ref RecordOutput output, in EntryHeader header, scoped ReadOnlySpan<byte> schema, scoped ReadOnlySpan<byte> table)
    {
        // The first branch of the union: it has a default.
        const byte snapshot = 0;
        long milliseconds = header.ExecuteTimeMilliseconds;
        AvroOutput.WriteLong(ref output, milliseconds);
        output.Write(snapshot);
        AvroOutput.WriteBytes(ref output, "false"u8);
        AvroOutput.WriteBytes(ref output, schema);
        output.Write(Null);
        WriteOptional(ref output, milliseconds * 1000);
        WriteOptional(ref output, milliseconds * 1_000_000);
        output.Write(Present);
        AvroOutput.WriteBytes(ref output, table);
        AvroOutput.WriteLong(ref output, header.ServerId);
        ReadOnlySpan<byte> gtid = header.TransactionGtid;
        if (gtid.IsEmpty)
        {
            output.Write(Null);
        }
        else
        {
            output.Write(Present);
            AvroOutput.WriteBytes(ref output, gtid);
        }

        AvroOutput.WriteBytes(ref output, header.LogfileName);
        AvroOutput.WriteLong(ref output, header.LogfileOffset);
    }

    private static void WriteOptional(ref RecordOutput output, long? value)
    {
        if (value is { } number)
        {
            output.Write(Present);
            AvroOutput.WriteLong(ref output, number);
        }
        else
        {
            output.Write(Null);
        }
    }

    private static void WriteString(ref RecordOutput output, string text) => AvroOutput.WriteBytes(ref output, Encoding.UTF8.GetBytes(text));
}
