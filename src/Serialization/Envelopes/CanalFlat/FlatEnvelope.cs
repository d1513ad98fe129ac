using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.CanalFlat;

/// <summary>Canal's flat JSON, for code written for it, without its defects.</summary>
/// <remarks>
/// What differs from <see cref="StrictFlatEnvelope"/>, each for the reason behind it:
/// <list type="bullet">
/// <item>One message per row: <c>data</c> and <c>old</c> have one element, so that a row has a key of its own.</item>
/// <item>Record key: the texts of the key columns, so that a row's changes stay in order. An update of the key is a DELETE under the old
/// one and an INSERT under the new one.</item>
/// <item><c>old</c> holds the columns that this row's change changed.</item>
/// <item><c>pkNames</c> is the table's key, which for a table without PRIMARY KEY is a unique one of NOT NULL columns.</item>
/// <item><c>sqlType</c> is that of the column, not of the last value.</item>
/// <item><c>gtid</c> is the transaction's own, not the executed set.</item>
/// <item>DECIMAL has all its fraction digits and BINARY its zero bytes, which Canal cuts off: the same value always has the same text.</item>
/// <item>All other texts are Canal's, as its consumers know how to read them: ENUM and SET as numbers (their labels are in
/// <c>mysqlType</c>), TIMESTAMP in the zone of Canal's server, binary as one ISO-8859-1 character per byte.</item>
/// <item><c>file</c>, <c>pos</c>, <c>row</c> and <c>serverId</c> behind the known members: the order of changes, and with <c>type</c> the
/// identity of a message.</item>
/// <item>DDL goes to the topic of its table, one without table to the topic of no table, named by the prefix alone; key null, partition 0.
/// Other statements (texts of INSERT, XA COMMIT) are left out.</item>
/// </list>
/// </remarks>
internal sealed class FlatEnvelope : JsonRowEnvelope<FlatTable, JsonColumn>
{
    private readonly SerializationSettings _settings;
    private readonly FlatMembers _members = new(strict: false);
    private readonly TableCatalog _tables;
    private readonly TextOfBytes _bytes = new();

    // Not on the stack: room there costs each call of the method that has it.
    private readonly byte[] _digits = new byte[Integers.MostDigits];

    /// <param name="settings">Keys, and what is left out.</param>
    /// <param name="tables">Knows the topics of statements.</param>
    public FlatEnvelope(SerializationSettings settings, TableCatalog tables)
    {
        _settings = settings;
        _tables = tables;
    }

    /// <inheritdoc />
    public override void BeginTransaction(in CanalEntry begin, in EntryContext context, RecordBuffer records)
    {
    }

    /// <inheritdoc />
    public override void EndTransaction(in CanalEntry end, in EntryContext context, RecordBuffer records)
    {
    }

    /// <inheritdoc />
    public override bool WriteStatement(in SourceStatement statement, in EntryContext context, RecordBuffer records)
    {
        CanalEventType type = statement.Change.EventType;
        if (statement.Kind != EntryKind.Ddl || context.FirstRow > 0
            || (type == CanalEventType.Truncate && _settings.SkippedOperations.HasFlag(SkippedOperations.Truncate))
            || _tables.TopicOf(statement.Header) is not { } topic)
        {
            return false;
        }

        _members.Begin(statement.Header, isDdl: true, context);
        var output = new RecordOutput(records);
        int start = output.Position;
        _members.WriteStatement(ref output, type, statement.Change.Sql);
        records.Add(topic, ByteRange.Null, output.RangeFrom(start), placement: RecordPlacement.FirstPartition);
        output.Flush();
        return true;
    }

    /// <inheritdoc />
    public override void BeginEntry(in EntryHeader header, SourceTable table, in EntryContext context, RecordBuffer records)
    {
        Damage.Reset();
        _members.Begin(header, isDdl: false, context);
    }

    /// <inheritdoc />
    public override void Dispose() => _members.Dispose();

    /// <inheritdoc />
    protected override FlatTable Prepare(TableLayout layout) => FlatTable.Of(layout, _settings);

    /// <inheritdoc />
    protected override void WriteValue(ref RecordOutput output, FlatTable table, in ChangeEvent change, Operation operation)
    {
        output.Write("{\"data\":["u8);
        WriteImage(ref output, table, change, operation);
        output.Write((byte)']');
        _members.WriteUntilMysqlType(ref output);
        output.Write(table.MysqlTypes);
        if (operation == Operation.Update)
        {
            output.Write((byte)'[');
            WriteChanged(ref output, table, change);
            output.Write((byte)']');
        }
        else
        {
            output.Write("null"u8);
        }

        output.Write(table.UntilTable);
        _members.WriteEnd(ref output, FlatMembers.TypeOf(operation), change.RowIndex);
    }

    /// <inheritdoc />
    protected override bool TryWriteValue(ref RecordOutput output, JsonColumn column, scoped ReadOnlySpan<byte> value)
    {
        output.Write((byte)'"');
        switch (column.Type.Kind)
        {
            // A text that does not fit is written as it came: nothing here depends on it.
            case MySqlTypeKind.Decimal when Decimals.TryWritePlain(ref output, value, column.Type.Size, column.Type.Scale):
                break;
            case MySqlTypeKind.UnsignedBigInt:
                output.Write(Integers.Unsigned(value, column.Type, _digits));
                break;
            case MySqlTypeKind.Binary:
                JsonText.WriteEscaped<FastjsonRule>(ref output, value);
                for (int length = BinaryText.LengthOf(value); length < column.Type.Size; length++)
                {
                    output.Write("\\u0000"u8);
                }

                break;
            case var kind when (column.Type.ComesAsBytes || (kind == MySqlTypeKind.Json && _settings.SourceKind == SourceKind.MariaDb))
                && _bytes.TryRead(value, out ReadOnlySpan<byte> text):
                Damage.Count(JsonText.WriteEscaped<FastjsonRule>(ref output, text));
                break;
            default:
                Damage.Count(JsonText.WriteEscaped<FastjsonRule>(ref output, value));
                break;
        }

        output.Write((byte)'"');
        return true;
    }
}
