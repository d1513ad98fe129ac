using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Envelopes.Debezium;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Envelopes.Avro;

/// <summary>The value of Debezium's record as Avro's record <c>Envelope</c>: before, after, source, transaction, op, ts_ms, ts_us, ts_ns.</summary>
internal sealed class AvroValueWriter : EnvelopeValueWriter
{
    private const byte Null = 0, Present = 2;

    private readonly RowWriter<AvroFields> _rows;

    private ByteRange _untilRow;
    private ByteRange _untilOp;

    public AvroValueWriter(SerializationSettings settings, RowWriter<AvroFields> rows)
    {
        _rows = rows;
        var output = new RecordOutput(Fixed);
        WriteString(ref output, settings.DebeziumVersion);
        WriteString(ref output, settings.ConnectorName);
        WriteString(ref output, settings.TopicPrefix);
        output.Flush();
        EndStart();
    }

    /// <summary>Writes the value of a truncate.</summary>
    public void WriteTruncate(ref RecordOutput output)
    {
        output.Write([Null, Null]);
        WriteSourceAndOperation(ref output, rowIndex: 0, (byte)'t');
    }

    /// <summary>Writes the value of one record; its operation is another than the change's where a key changed.</summary>
    public void Write(ref RecordOutput output, DebeziumTable table, in ChangeEvent change, Operation operation)
    {
        WriteImages(ref output, table, change, operation);
        WriteSourceAndOperation(ref output, change.RowIndex, LetterOf(operation));
    }

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

    private void WriteSourceAndOperation(ref RecordOutput output, int rowIndex, byte operation)
    {
        output.Write(Fixed.Slice(Start));
        output.Write(Fixed.Slice(_untilRow));
        AvroOutput.WriteLong(ref output, rowIndex);
        output.Write(Fixed.Slice(_untilOp));
        output.Write(operation);
        output.Write(Fixed.Slice(Rest));
    }

    /// <inheritdoc />
    protected override void WriteRest(ref RecordOutput output, long nowNanoseconds)
    {
        WriteOptional(ref output, nowNanoseconds / 1_000_000);
        WriteOptional(ref output, nowNanoseconds / 1000);
        WriteOptional(ref output, nowNanoseconds);
    }

    /// <inheritdoc />
    protected override void WriteSource(ref RecordOutput output, in EntryHeader header, ReadOnlySpan<byte> schema, ReadOnlySpan<byte> table, long? threadId)
    {
        int start = output.Position;
        WriteSource(ref output, header, schema, table);
        _untilRow = output.RangeFrom(start);

        start = output.Position;
        WriteOptional(ref output, threadId);

        // No query, no transaction, and a text of one character.
        output.Write([Null, Null, 2]);
        _untilOp = output.RangeFrom(start);
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
