using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>The key columns of a row as record key, and as header text of a key change.</summary>
internal sealed class RecordKeyWriter
{
    private readonly ColumnValueWriter _values;

    public RecordKeyWriter(ColumnValueWriter values) => _values = values;

    /// <summary>Writes the JSON object of the key columns.</summary>
    /// <param name="output">Receives the key.</param>
    /// <param name="table">Columns of the row.</param>
    /// <param name="image">Values of the row: old or new.</param>
    /// <param name="row">The serialized row.</param>
    /// <returns>Where it stands; <see cref="ByteRange.Null"/> for a table without key.</returns>
    public ByteRange Write(ref RecordOutput output, DebeziumTable table, ByteRange[] image, ReadOnlySpan<byte> row) =>
        WriteKey(ref output, table, image, row, forHeader: false);

    /// <summary>Writes the key as Kafka Connect's SimpleHeaderConverter prints a struct: numbers of DECIMAL plain, control characters unescaped.</summary>
    public ByteRange WriteHeader(ref RecordOutput output, DebeziumTable table, ByteRange[] image, ReadOnlySpan<byte> row) =>
        WriteKey(ref output, table, image, row, forHeader: true);

    private ByteRange WriteKey(ref RecordOutput output, DebeziumTable table, ByteRange[] image, ReadOnlySpan<byte> row, bool forHeader)
    {
        if (table.KeyColumns.Length == 0)
        {
            return ByteRange.Null;
        }

        int start = output.Position;
        if (!forHeader)
        {
            output.Write(table.KeyStart);
        }

        output.Write((byte)'{');
        bool first = true;
        foreach (DebeziumColumn column in table.KeyColumns)
        {
            output.Write(first ? column.Member : column.MemberAfterComma);
            first = false;
            if (!(forHeader ? TryWriteHeaderValue(ref output, column, image[column.Index], row) : _values.TryWrite(ref output, column, image[column.Index], row)))
            {
                ColumnValueWriter.ThrowUnmappable(table.Source, column);
            }
        }

        output.Write((byte)'}');
        if (!forHeader && table.KeyStart.Length > 0)
        {
            output.Write(ConnectSchemas.End);
        }

        return output.RangeFrom(start);
    }

    /// <summary>Connect's own types are printed as their Java objects are, all others as in a key.</summary>
    private bool TryWriteHeaderValue(ref RecordOutput output, DebeziumColumn column, ByteRange value, ReadOnlySpan<byte> row)
    {
        if (value.IsNull)
        {
            return _values.TryWrite(ref output, column, value, row);
        }

        ReadOnlySpan<byte> text = row.Slice(value.Start, value.Length);
        bool isConnects = column.DebeziumType.Semantic?.StartsWith(DebeziumType.ConnectData, StringComparison.Ordinal) == true;
        switch (column.Form)
        {
            case DebeziumForm.Decimal or DebeziumForm.DecimalNumber:
                return Decimals.TryWriteText(ref output, text, column.Type.Size, column.Type.Scale);
            case DebeziumForm.UnsignedDecimal:
                return Decimals.TryWriteText(ref output, Integers.Unsigned(text, column.Type, stackalloc byte[20]), precision: 20, scale: 0);
            case DebeziumForm.Text:
                JsonText.WriteQuotedForHeader(ref output, text);
                return true;
            case DebeziumForm.TextOfBytes:
                return _values.TryWriteTextOfBytes(ref output, text, forHeader: true);
            case DebeziumForm.EpochDay when isConnects && Temporals.TryReadDate(text, out WallClock date) && !date.IsZeroDate:
                IsoTexts.WriteHeaderDate(ref output, date.EpochDay);
                return true;
            case DebeziumForm.MilliTime when isConnects && Temporals.TryReadTime(text, out long microseconds):
                IsoTexts.WriteHeaderTime(ref output, microseconds);
                return true;
            case DebeziumForm.MilliTimestamp when isConnects && Temporals.TryReadDateTime(text, out WallClock clock) && !clock.IsZeroDate:
                IsoTexts.WriteHeaderTimestamp(ref output, clock);
                return true;
            default:
                return _values.TryWrite(ref output, column, value, row);
        }
    }
}
