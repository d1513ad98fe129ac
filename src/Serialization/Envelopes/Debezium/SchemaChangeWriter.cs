using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Tables.Definitions.Sql;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>Debezium's schema changes (<c>include.schema.changes</c>): one record for each table that a statement changes, or one for a statement that changes none.</summary>
/// <remarks>All in partition 0 of the topic that is named as the prefix, keyed by database. Statements are rare: strings are made here.</remarks>
internal sealed class SchemaChangeWriter
{
    private const string Column = """
        {"type":"struct","fields":[{"type":"string","optional":false,"field":"name"},{"type":"int32","optional":false,"field":"jdbcType"},{"type":"int32","optional":true,"field":"nativeType"},{"type":"string","optional":false,"field":"typeName"},{"type":"string","optional":true,"field":"typeExpression"},{"type":"string","optional":true,"field":"charsetName"},{"type":"int32","optional":true,"field":"length"},{"type":"int32","optional":true,"field":"scale"},{"type":"int32","optional":false,"field":"position"},{"type":"boolean","optional":true,"field":"optional"},{"type":"boolean","optional":true,"field":"autoIncremented"},{"type":"boolean","optional":true,"field":"generated"},{"type":"string","optional":true,"field":"comment"},{"type":"string","optional":true,"field":"defaultValueExpression"},{"type":"array","items":{"type":"string","optional":false},"optional":true,"field":"enumValues"}],"optional":false,"name":"io.debezium.connector.schema.Column","version":1}
        """;

    private const string Table = $$"""
        {"type":"struct","fields":[{"type":"string","optional":true,"field":"defaultCharsetName"},{"type":"array","items":{"type":"string","optional":false},"optional":true,"field":"primaryKeyColumnNames"},{"type":"array","items":{{Column}},"optional":false,"field":"columns"},{"type":"string","optional":true,"field":"comment"}],"optional":true,"name":"io.debezium.connector.schema.Table","version":1,"field":"table"}
        """;

    private const string Change = $$"""
        {"type":"struct","fields":[{"type":"string","optional":false,"field":"type"},{"type":"string","optional":false,"field":"id"},{{Table}}],"optional":false,"name":"io.debezium.connector.schema.Change","version":1}
        """;

    private const string KeySchema = """
        {"schema":{"type":"struct","fields":[{"type":"string","optional":false,"field":"databaseName"}],"optional":false,"name":"io.debezium.connector.CONNECTOR.SchemaChangeKey","version":1},"payload":
        """;

    private const string ValueSchema = $$"""
        {"schema":{"type":"struct","fields":[{{ConnectSchemas.Source}},{"type":"int64","optional":false,"field":"ts_ms"},{"type":"string","optional":true,"field":"databaseName"},{"type":"string","optional":true,"field":"schemaName"},{"type":"string","optional":true,"field":"ddl"},{"type":"array","items":{{Change}},"optional":false,"field":"tableChanges"}],"optional":false,"name":"io.debezium.connector.CONNECTOR.SchemaChangeValue","version":1},"payload":
        """;

    /// <summary>What Debezium shows for the default CURRENT_TIMESTAMP.</summary>
    private const string Epoch = "1970-01-01 00:00:00";

    private readonly string _topic;
    private readonly bool _schemas;
    private readonly bool _hasComments;
    private readonly byte[] _keyStart;
    private readonly byte[] _valueStart;

    public SchemaChangeWriter(SerializationSettings settings)
    {
        _topic = settings.TopicPrefix;
        _schemas = settings.Schemas;

        // The MariaDB connector shows them always; MySQL's has include.schema.comments, which is false by default.
        _hasComments = settings.SourceKind == SourceKind.MariaDb;
        string valueStart = $$"""{"source":{"version":{{Quoted(settings.DebeziumVersion)}},"connector":"{{settings.ConnectorName}}","name":{{Quoted(settings.TopicPrefix)}},"ts_ms":""";
        _keyStart = _schemas ? Encoding.UTF8.GetBytes(KeySchema.Replace("CONNECTOR", settings.ConnectorName, StringComparison.Ordinal)) : [];
        _valueStart = Encoding.UTF8.GetBytes((_schemas ? ValueSchema.Replace("CONNECTOR", settings.ConnectorName, StringComparison.Ordinal) : "") + valueStart);
    }

    /// <summary>Appends the records of a statement.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="threadId">Thread of the transaction that it stands in; null outside of one.</param>
    /// <param name="nowNanoseconds">The clock.</param>
    /// <param name="records">Receives them.</param>
    /// <returns>Whether there are any.</returns>
    public bool Write(in SourceStatement statement, long? threadId, long nowNanoseconds, RecordBuffer records)
    {
        if (statement.Kind != EntryKind.Ddl || statement.Effect is not { } effect || statement.Change.EventType == CanalEventType.Truncate)
        {
            return false;
        }

        if (effect.Changes.Count > 0)
        {
            WriteChanges(statement, effect, threadId, nowNanoseconds, records);
            return true;
        }

        if (effect.IsOfTemporary || (effect.Database is null && UntoldStatements.Contain(effect.Text)))
        {
            return false;
        }

        // No table where a database is made or dropped; an empty one elsewhere. So does Debezium.
        string database = effect.Database ?? effect.CurrentSchema;
        Write(statement, database, effect.Database is null ? "" : null, effect.Text, [], threadId, nowNanoseconds, records);
        return true;
    }

    /// <summary>A record for each; those of one database, as long as no other comes between, show the names of them all.</summary>
    private void WriteChanges(in SourceStatement statement, StatementEffect effect, long? threadId, long nowNanoseconds, RecordBuffer records)
    {
        for (int i = 0; i < effect.Changes.Count;)
        {
            string database = effect.Changes[i].Table.Schema;
            TableChange[] together = [.. effect.Changes.Skip(i).TakeWhile(change => change.Table.Schema == database)];
            string tables = string.Join(',', JavaSet.Order(together.Select(static change => change.Table).Distinct(), static table => table.Schema.Length == 0 ? table.Name : table.ToString()).Select(static table => table.Name));
            foreach (TableChange change in together)
            {
                // Of a name that is gone again at the end of the statement nothing is shown.
                bool isShown = change.Kind == TableChangeKind.Drop || change.Definition is not null;
                Write(statement, database, tables, change.Statement, isShown ? [change] : [], threadId, nowNanoseconds, records);
            }

            i += together.Length;
        }
    }

    private void Write(in SourceStatement statement, string database, string? tables, string ddl, TableChange[] changes, long? threadId, long nowNanoseconds, RecordBuffer records)
    {
        var output = new RecordOutput(records);
        int start = output.Position;
        output.Write(_keyStart);
        output.Write("{\"databaseName\":"u8);
        WriteText(ref output, database);
        WriteEnd(ref output);
        ByteRange key = output.RangeFrom(start);

        start = output.Position;
        output.Write(_valueStart);
        DebeziumValueWriter.WriteSource(ref output, statement.Header, Encoding.UTF8.GetBytes(database), Encoding.UTF8.GetBytes(tables ?? ""), hasTable: tables is not null);
        output.WriteNumber(statement.LastRow);
        output.Write(",\"thread\":"u8);
        DebeziumValueWriter.WriteNumberOrNull(ref output, threadId);
        output.Write(",\"query\":null},\"ts_ms\":"u8);
        output.WriteNumber(nowNanoseconds / 1_000_000);
        output.Write(",\"databaseName\":"u8);
        WriteText(ref output, database);
        output.Write(",\"schemaName\":null,\"ddl\":"u8);
        WriteText(ref output, ddl);
        output.Write(",\"tableChanges\":["u8);
        foreach (TableChange change in changes)
        {
            WriteChange(ref output, change);
        }

        output.Write((byte)']');
        WriteEnd(ref output);
        records.Add(_topic, key, output.RangeFrom(start), placement: RecordPlacement.FirstPartition);
        output.Flush();
    }

    private void WriteEnd(ref RecordOutput output)
    {
        output.Write((byte)'}');
        if (_schemas)
        {
            output.Write(ConnectSchemas.End);
        }
    }

    private void WriteChange(ref RecordOutput output, TableChange change)
    {
        output.Write("{\"type\":\""u8);
        output.Write(change.Kind switch
        {
            TableChangeKind.Create => "CREATE"u8,
            TableChangeKind.Alter => "ALTER"u8,
            _ => "DROP"u8,
        });
        output.Write("\",\"id\":"u8);
        WriteText(ref output, change.Table.Schema.Length == 0 ? DoubleQuoted(change.Table.Name) : $"{DoubleQuoted(change.Table.Schema)}.{DoubleQuoted(change.Table.Name)}");
        output.Write(",\"table\":"u8);
        if (change.Definition is { } table)
        {
            WriteTable(ref output, table);
        }
        else
        {
            output.Write("null"u8);
        }

        output.Write((byte)'}');
    }

    private void WriteTable(ref RecordOutput output, TableDefinition table)
    {
        output.Write("{\"defaultCharsetName\":"u8);
        WriteText(ref output, table.CharsetName);
        output.Write(",\"primaryKeyColumnNames\":"u8);
        WriteTexts(ref output, table.Key);
        output.Write(",\"columns\":["u8);
        for (int i = 0; i < table.Columns.Count; i++)
        {
            if (i > 0)
            {
                output.Write((byte)',');
            }

            WriteColumn(ref output, table.Columns[i], i + 1);
        }

        output.Write("],\"comment\":"u8);
        WriteText(ref output, _hasComments ? table.Comment : null);
        output.Write((byte)'}');
    }

    private void WriteColumn(ref RecordOutput output, ColumnDefinition column, int position)
    {
        var type = DefinedType.Of(column);
        output.Write("{\"name\":"u8);
        WriteText(ref output, column.Name);
        output.Write(",\"jdbcType\":"u8);
        output.WriteNumber(type.JdbcType);
        output.Write(",\"nativeType\":null,\"typeName\":"u8);
        WriteText(ref output, type.Name);
        output.Write(",\"typeExpression\":"u8);
        WriteText(ref output, type.Name);
        output.Write(",\"charsetName\":"u8);
        WriteText(ref output, column.CharsetName);
        output.Write(",\"length\":"u8);
        DebeziumValueWriter.WriteNumberOrNull(ref output, type.Length);
        output.Write(",\"scale\":"u8);
        DebeziumValueWriter.WriteNumberOrNull(ref output, type.Scale);
        output.Write(",\"position\":"u8);
        output.WriteNumber(position);
        output.Write(",\"optional\":"u8);
        WriteBoolean(ref output, column.IsNullable);
        output.Write(",\"autoIncremented\":"u8);
        WriteBoolean(ref output, column.IsAutoIncremented);
        output.Write(",\"generated\":"u8);
        WriteBoolean(ref output, column.IsAutoIncremented);
        output.Write(",\"comment\":"u8);
        WriteText(ref output, _hasComments ? column.Comment : null);
        output.Write(",\"defaultValueExpression\":"u8);
        WriteText(ref output, DefaultOf(column.Default));
        output.Write(",\"enumValues\":"u8);
        WriteEnumValues(ref output, column);
        output.Write((byte)'}');
    }

    private static string? DefaultOf(ColumnDefault? value) => value switch
    {
        null or { Kind: ColumnDefaultKind.Expression or ColumnDefaultKind.Hex } => null,
        { Typed: { } typed } => typed,
        { Kind: ColumnDefaultKind.CurrentTimestamp } => Epoch,
        _ => value.Text,
    };

    private static void WriteEnumValues(ref RecordOutput output, ColumnDefinition column)
    {
        if (column.EnumValues is { } values)
        {
            var sql = new SqlReader(values);
            var labels = new List<string>();
            while (!sql.AtEnd)
            {
                SqlToken token = sql.Take();
                if (!token.IsSymbol(','))
                {
                    labels.Add(sql.Typed(token));
                }
            }

            WriteTexts(ref output, labels);
        }
        else
        {
            output.Write("null"u8);
        }
    }

    private static void WriteTexts(ref RecordOutput output, IReadOnlyList<string> texts)
    {
        output.Write((byte)'[');
        for (int i = 0; i < texts.Count; i++)
        {
            if (i > 0)
            {
                output.Write((byte)',');
            }

            WriteText(ref output, texts[i]);
        }

        output.Write((byte)']');
    }

    private static void WriteBoolean(ref RecordOutput output, bool value) => output.Write(value ? "true"u8 : "false"u8);

    private static void WriteText(ref RecordOutput output, string? text)
    {
        if (text is null)
        {
            output.Write("null"u8);
        }
        else
        {
            JsonText.WriteQuoted(ref output, Encoding.UTF8.GetBytes(text));
        }
    }

    private static string DoubleQuoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Quoted(string text) => Encoding.UTF8.GetString(JsonText.Quote(text));
}
