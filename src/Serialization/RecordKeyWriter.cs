namespace CanalBridge.Serialization;

/// <summary>The key columns of a row as record key, and as header text of a key change.</summary>
internal sealed class RecordKeyWriter
{
    private readonly ColumnValueWriter _values;

    public RecordKeyWriter(ColumnValueWriter values) => _values = values;

    /// <summary>Whether an update left the key columns as they were, byte by byte.</summary>
    public static bool SameKey(TableLayout layout)
    {
        foreach (int i in layout.KeyColumns)
        {
            if (!layout.Unchanged[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes the JSON object of the key columns.</summary>
    /// <param name="output">Receives the key.</param>
    /// <param name="layout">Columns of the row.</param>
    /// <param name="image">Values of the row: old or new.</param>
    /// <param name="row">The serialized row.</param>
    /// <returns>Where it stands; <see cref="ByteRange.Null"/> for a table without key.</returns>
    public ByteRange Write(ref JsonOutput output, TableLayout layout, ByteRange[] image, ReadOnlySpan<byte> row) =>
        WriteKey(ref output, layout, image, row, forHeader: false);

    /// <summary>Writes the key as Kafka Connect's SimpleHeaderConverter prints a struct: numbers of DECIMAL plain, control characters unescaped.</summary>
    public ByteRange WriteHeader(ref JsonOutput output, TableLayout layout, ByteRange[] image, ReadOnlySpan<byte> row) =>
        WriteKey(ref output, layout, image, row, forHeader: true);

    private ByteRange WriteKey(ref JsonOutput output, TableLayout layout, ByteRange[] image, ReadOnlySpan<byte> row, bool forHeader)
    {
        if (layout.KeyColumns.Length == 0)
        {
            return ByteRange.Null;
        }

        int start = output.Position;
        output.Write((byte)'{');
        bool first = true;
        foreach (int i in layout.KeyColumns)
        {
            ColumnLayout column = layout.Columns[i];
            output.Write(first ? column.Member : column.MemberAfterComma);
            first = false;
            if (!(forHeader ? TryWriteHeaderValue(ref output, column, image[i], row) : _values.TryWrite(ref output, column, image[i], row)))
            {
                ColumnValueWriter.ThrowUnmappable(layout.Table, column);
            }
        }

        output.Write((byte)'}');
        return output.RangeFrom(start);
    }

    private bool TryWriteHeaderValue(ref JsonOutput output, ColumnLayout column, ByteRange value, ReadOnlySpan<byte> row)
    {
        if (!value.IsNull && column.Kind == MySqlTypeKind.Decimal)
        {
            return Decimals.TryWriteText(ref output, row.Slice(value.Start, value.Length), column.Type.Size, column.Type.Scale);
        }

        if (!value.IsNull && column.Kind == MySqlTypeKind.Text)
        {
            JsonText.WriteQuotedForHeader(ref output, row.Slice(value.Start, value.Length));
            return true;
        }

        return _values.TryWrite(ref output, column, value, row);
    }
}
