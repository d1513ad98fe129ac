using CanalBridge.Serialization.Output;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>Which records a change makes, in any encoding: a delete is followed by its tombstone; a changed key is a delete, a tombstone and a create.</summary>
internal sealed class ChangeRecords(IRecordParts parts, bool tombstones)
{
    private const string OldKeyHeader = "__debezium.oldkey", NewKeyHeader = "__debezium.newkey";

    /// <summary>Appends the records of one row change.</summary>
    public void Write(in ChangeEvent change, RecordBuffer records)
    {
        DebeziumTable table = parts.TableOf(change.Layout);
        var output = new RecordOutput(records);
        if (change.Operation == Operation.Create)
        {
            ByteRange key = parts.WriteKey(ref output, table, change.Images.After, change.Row);
            WriteRecord(ref output, records, table, change, Operation.Create, key);
        }
        else
        {
            ByteRange key = parts.WriteKey(ref output, table, change.Images.Before, change.Row);
            if (change.Operation == Operation.Delete)
            {
                WriteRecord(ref output, records, table, change, Operation.Delete, key);
                if (tombstones)
                {
                    records.Add(table.Source.Topic, key, ByteRange.Null);
                }
            }
            else
            {
                WriteUpdate(ref output, records, table, change, key);
            }
        }
    }

    private void WriteUpdate(ref RecordOutput output, RecordBuffer records, DebeziumTable table, in ChangeEvent change, ByteRange oldKey)
    {
        if (change.Images.AreUnchanged(table.KeyIndexes))
        {
            WriteRecord(ref output, records, table, change, Operation.Update, oldKey);
            return;
        }

        // Texts that differ may still be the same key (a zero date and the epoch).
        ByteRange newKey = parts.WriteKey(ref output, table, change.Images.After, change.Row);
        output.Flush();
        if (records.Slice(oldKey).SequenceEqual(records.Slice(newKey)))
        {
            WriteRecord(ref output, records, table, change, Operation.Update, oldKey);
            return;
        }

        ByteRange oldHeader = parts.WriteKeyForHeader(ref output, table, change.Images.Before, change.Row);
        ByteRange newHeader = parts.WriteKeyForHeader(ref output, table, change.Images.After, change.Row);
        WriteRecord(ref output, records, table, change, Operation.Delete, oldKey, NewKeyHeader, newHeader);
        if (tombstones)
        {
            records.Add(table.Source.Topic, oldKey, ByteRange.Null, NewKeyHeader, newHeader);
        }

        WriteRecord(ref output, records, table, change, Operation.Create, newKey, OldKeyHeader, oldHeader);
    }

    private void WriteRecord(
        ref RecordOutput output, RecordBuffer records, DebeziumTable table, in ChangeEvent change, Operation operation, ByteRange key, string? headerName = null, ByteRange headerValue = default)
    {
        ByteRange value = parts.WriteValue(ref output, table, change, operation);
        records.Add(table.Source.Topic, key, value, headerName, headerValue);
        output.Flush();
    }
}
