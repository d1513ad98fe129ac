using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes;

/// <summary>What envelopes of one JSON record per row share: the key, the images, and that an update of the key is a delete under the old key and an insert under the new one.</summary>
internal abstract class JsonRowEnvelope<TTable, TColumn> : IEnvelopeWriter
    where TTable : JsonTable<TColumn>
    where TColumn : JsonColumn
{
    /// <inheritdoc />
    public IReadOnlyList<KeyValuePair<string, byte[]>> SharedHeaders { get; } = [];

    /// <inheritdoc />
    public int DamagedValues => Damage.Values;

    /// <inheritdoc />
    public int UnfitValues => Damage.Unfit;

    protected DamageCounter Damage { get; } = new();

    /// <summary>What becomes of values that do not fit.</summary>
    protected virtual UnfitValues Unfit => Serialization.UnfitValues.Refused;

    /// <inheritdoc />
    public abstract void BeginTransaction(in CanalEntry begin, in EntryContext context, RecordBuffer records);

    /// <inheritdoc />
    public abstract void EndTransaction(in CanalEntry end, in EntryContext context, RecordBuffer records);

    /// <inheritdoc />
    public abstract bool WriteStatement(in SourceStatement statement, in EntryContext context, RecordBuffer records);

    /// <inheritdoc />
    public abstract void BeginEntry(in EntryHeader header, SourceTable table, in EntryContext context, RecordBuffer records);

    /// <inheritdoc />
    public void WriteRow(in ChangeEvent change, RecordBuffer records)
    {
        TTable table = Prepare(change.Layout);
        var output = new RecordOutput(records);
        ByteRange key = WriteKey(ref output, table, change.Operation == Operation.Create ? change.Images.After : change.Images.Before, change.Row);
        if (change.Operation == Operation.Update && !change.Images.AreUnchanged(table.KeyIndexes))
        {
            ByteRange newKey = WriteKey(ref output, table, change.Images.After, change.Row);
            output.Flush();
            if (!records.Slice(key).SequenceEqual(records.Slice(newKey)))
            {
                WriteRecord(ref output, records, table, change, Operation.Delete, key);
                WriteRecord(ref output, records, table, change, Operation.Create, newKey);
                return;
            }
        }

        WriteRecord(ref output, records, table, change, change.Operation, key);
    }

    /// <inheritdoc />
    public void EndEntry(RecordBuffer records)
    {
    }

    /// <inheritdoc />
    public abstract void Dispose();

    /// <summary>The table as this envelope writes it: worked out at the first row of a layout, kept with it.</summary>
    protected abstract TTable Prepare(TableLayout layout);

    /// <summary>Writes the value of one record; its operation is another than the change's where a key changed.</summary>
    protected abstract void WriteValue(ref RecordOutput output, TTable table, in ChangeEvent change, Operation operation);

    /// <summary>Writes the value of a column that is not NULL.</summary>
    /// <returns>False if the text does not fit the type.</returns>
    protected abstract bool TryWriteValue(ref RecordOutput output, TColumn column, scoped ReadOnlySpan<byte> value);

    /// <summary>What a column's text must be, for error messages.</summary>
    protected virtual string Expected(TColumn column) => column.Type.Expected;

    /// <summary>Writes the row that an operation leaves or took away as an object.</summary>
    protected void WriteImage(ref RecordOutput output, TTable table, in ChangeEvent change, Operation operation)
    {
        ByteRange[] image = operation == Operation.Delete ? change.Images.Before : change.Images.After;
        TColumn[] columns = table.Columns;
        output.Write((byte)'{');
        for (int i = 0; i < columns.Length; i++)
        {
            output.Write(i == 0 ? columns[i].Member : columns[i].MemberAfterComma);
            Write(ref output, table, columns[i], image[columns[i].Index], change.Row, isKey: false);
        }

        output.Write((byte)'}');
    }

    /// <summary>Writes the old values of the columns that an update changed as an object.</summary>
    protected void WriteChanged(ref RecordOutput output, TTable table, in ChangeEvent change)
    {
        bool first = true;
        output.Write((byte)'{');
        foreach (TColumn column in table.Columns)
        {
            if (change.Images.IsChanged(column.Index, change.Row))
            {
                output.Write(first ? column.Member : column.MemberAfterComma);
                first = false;
                Write(ref output, table, column, change.Images.Before[column.Index], change.Row, isKey: false);
            }
        }

        output.Write((byte)'}');
    }

    private ByteRange WriteKey(ref RecordOutput output, TTable table, ByteRange[] image, scoped ReadOnlySpan<byte> row)
    {
        TColumn[] columns = table.KeyColumns;
        if (columns.Length == 0)
        {
            return ByteRange.Null;
        }

        int start = output.Position;
        for (int i = 0; i < columns.Length; i++)
        {
            output.Write(table.KeyMembers[i]);
            Write(ref output, table, columns[i], image[columns[i].Index], row, isKey: true);
        }

        output.Write((byte)'}');
        return output.RangeFrom(start);
    }

    private void WriteRecord(ref RecordOutput output, RecordBuffer records, TTable table, in ChangeEvent change, Operation operation, ByteRange key)
    {
        int start = output.Position;
        WriteValue(ref output, table, change, operation);
        records.Add(table.Source.Topic, key, output.RangeFrom(start));
        output.Flush();
    }

    private void Write(ref RecordOutput output, TTable table, TColumn column, ByteRange range, scoped ReadOnlySpan<byte> row, bool isKey)
    {
        if (range.IsNull)
        {
            output.Write("null"u8);
            return;
        }

        int start = output.Position;
        ReadOnlySpan<byte> value = row.Slice(range.Start, range.Length);
        if (!TryWriteValue(ref output, column, value))
        {
            WriteUnfit(ref output, table, column, value, isKey || table.KeyIndexes.Contains(column.Index), start);
        }
    }

    private void WriteUnfit(ref RecordOutput output, TTable table, TColumn column, scoped ReadOnlySpan<byte> value, bool isKey, int start)
    {
        UnfitValue choice = Unfit.Of(column.Type.Kind);
        if (isKey || choice == UnfitValue.Stop)
        {
            throw new UnmappableValueException(table.Source.ToString(), column.Name, column.MysqlType, Expected(column));
        }

        output.TakeBack(start);
        Damage.CountUnfit();
        if (choice == UnfitValue.Null)
        {
            output.Write("null"u8);
        }
        else
        {
            JsonText.WriteQuoted(ref output, value);
        }
    }
}
