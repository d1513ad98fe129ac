using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>A statement while it is read.</summary>
/// <param name="Sql">Its pieces.</param>
/// <param name="Schema">The session's database.</param>
/// <param name="Start">Where it begins, behind what is set for it alone.</param>
internal sealed record StatementSource(SqlReader Sql, string Schema, int Start)
{
    /// <summary>The whole statement.</summary>
    public string Text => Sql.TextToEnd(Start);

    /// <summary>A table's name.</summary>
    /// <exception cref="FormatException">Something else is next.</exception>
    public TableId TakeTable() => Sql.TakeTable(Schema);
}
