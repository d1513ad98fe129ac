using CanalBridge.Serialization.Tables.Definitions.Sql;
using CanalBridge.Serialization.Tables.Definitions.Statements;

namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>Follows the statements that define, change, rename or drop tables; all others pass without effect.</summary>
/// <remarks>
/// 1. A statement is read, without a look at anything else. 2. What it leaves open, the character set of a database, is asked for.
/// 3. The catalog does what the statement did. What is not understood makes the table unknown, never an error.
/// </remarks>
internal sealed class StatementFollower
{
    private readonly DefinitionCatalog _tables;
    private readonly SqlDialect _server;
    private readonly bool _sourceCanBeAsked;
    private readonly Func<string, CancellationToken, string?>? _charsetOf;
    private readonly HashSet<string> _notTold = [];

    /// <param name="tables">What the statements change.</param>
    /// <param name="server">Where they ran.</param>
    /// <param name="sourceCanBeAsked">A table may be left unknown where a statement does not tell for certain.</param>
    /// <param name="charsetOf">Asked for the character set of a database of which no statement has told; null to do without.</param>
    public StatementFollower(
        DefinitionCatalog tables, SqlDialect server, bool sourceCanBeAsked = false, Func<string, CancellationToken, string?>? charsetOf = null)
    {
        _tables = tables;
        _server = server;
        _sourceCanBeAsked = sourceCanBeAsked;
        _charsetOf = charsetOf;
    }

    /// <summary>Applies a statement to the catalog.</summary>
    /// <param name="statement">Its text.</param>
    /// <param name="currentSchema">The session's database.</param>
    /// <param name="cancellationToken">Ends a wait for the source.</param>
    public StatementEffect Apply(string statement, string currentSchema, CancellationToken cancellationToken = default)
    {
        ParsedStatement parsed = StatementParser.Parse(statement, currentSchema, _server);
        foreach (SchemaEdit.CreateTable created in parsed.Edits.OfType<SchemaEdit.CreateTable>().Where(static created => created.NeedsCharset))
        {
            string schema = created.Table.Schema;
            if (_tables.CharsetOf(schema) is null && !(created.KeepsOld && !created.Replaces && _tables.Contains(created.Table)))
            {
                AskForCharset(schema, cancellationToken);
            }
        }

        return _tables.Apply(parsed, statement, currentSchema, _sourceCanBeAsked);
    }

    /// <summary>It is how the database is now; what a statement tells later replaces it.</summary>
    private void AskForCharset(string schema, CancellationToken cancellationToken)
    {
        string? charset = _notTold.Contains(schema) ? null : _charsetOf?.Invoke(schema, cancellationToken);
        if (charset is null)
        {
            // A source that does not answer is not asked again for each statement: everything waits meanwhile.
            _notTold.Add(schema);
        }
        else
        {
            _tables.SetCharset(schema, charset);
        }
    }
}
