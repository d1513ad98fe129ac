using Canal.Client.Entries;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Tables.Definitions.Sql;
using CanalBridge.Serialization.Tables.Definitions.Statements;

namespace CanalBridge.Serialization.Tables;

/// <summary>Which columns the values of a row belong to, where Canal's labels and the known definition differ or there is no definition.</summary>
/// <param name="definitions">What statements told; what the source tells is put in.</param>
/// <param name="server">How its statements are read.</param>
/// <param name="source">The source, to be asked; null if it cannot be.</param>
internal sealed class ColumnJudge(DefinitionCatalog definitions, SqlDialect server, ITableStatements? source)
{
    private readonly HashSet<TableId> _mayBeOlder = [];

    /// <summary>A CREATE TABLE IF NOT EXISTS may have left an older table as it was: its columns are not certain.</summary>
    public void NoteCreated(StatementEffect effect, TableId[] touched)
    {
        foreach (TableChange change in effect.Changes.Where(change => change.Kind == TableChangeKind.Create && touched.Contains(change.Table)))
        {
            if (change.Statement.Contains("IF NOT EXISTS", StringComparison.OrdinalIgnoreCase))
            {
                _mayBeOlder.Add(change.Table);
            }
            else
            {
                _mayBeOlder.Remove(change.Table);
            }
        }
    }

    /// <summary>Asks the source for a table of which nothing is known that fits its rows.</summary>
    /// <returns>The layout with its definition, if there is one and it fits.</returns>
    public TableLayout Ask(KnownTable table, TableLayout layout, CancellationToken cancellationToken)
    {
        if (AskFitting(table, layout, cancellationToken) is { } definition)
        {
            Redefine(table, definition);
        }

        table.MayBeAsked = false;
        return table.Layout ?? layout;
    }

    /// <summary>
    /// Decides whose names the values of a row have, where the row has others than the statements gave its table. Canal without table history
    /// labels them by the definition that its server has now; they stand in the order of the table as it was then.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="shown">The layout by Canal's labels, which the definition contradicts.</param>
    /// <param name="row">A row of it.</param>
    /// <param name="cancellationToken">Ends a wait for the source.</param>
    /// <returns>The layout that is right.</returns>
    /// <exception cref="UnknownColumnsException">Neither is right for certain.</exception>
    public TableLayout Judge(KnownTable table, TableLayout shown, in RowData row, CancellationToken cancellationToken)
    {
        TableDefinition told = table.Definition!;
        if (WithGeneratedKeyFirst(told) is { } mended && shown.With(mended).Definition is not null)
        {
            Redefine(table, mended);
            return shown.With(mended);
        }

        bool hasAll = told.Columns.Count == shown.Columns.Length;
        if (hasAll && !_mayBeOlder.Contains(table.Id) && shown.PutRight(told, row) is { } right)
        {
            return right;
        }

        if (shown.AgreesWithBinlog(row))
        {
            if (AskFitting(table, shown, cancellationToken) is { } asked)
            {
                Redefine(table, asked);
                return shown.With(asked);
            }

            // A statement was missed: the binlog's types are not the definition's but the labels', or there are columns more, or fewer, between those
            // known. Where only the last ones are missing the row may be cut.
            string[] names = [.. told.Columns.Select(static column => column.Name)], labels = [.. shown.ShownNames];
            bool mayBeCut = labels.SequenceEqual(names.Take(labels.Length), StringComparer.OrdinalIgnoreCase);
            if (hasAll || AreAmong(names, labels) || (!mayBeCut && AreAmong(labels, names)))
            {
                definitions.Remove(table.Id);
                definitions.TakeTouched();
                table.Define(null);
                return shown.With(null);
            }
        }

        throw new UnknownColumnsException(table.Source.ToString(), shown.ShownNames, told.Columns.Select(static column => column.Name));
    }

    /// <summary>What the source tells, if it fits the rows: the table may have been changed since.</summary>
    private TableDefinition? AskFitting(KnownTable table, TableLayout layout, CancellationToken cancellationToken)
    {
        if (source?.ShowCreateTable(table.Source.Schema, table.Source.Name, layout.Shape, cancellationToken) is not { } statement)
        {
            return null;
        }

        var asked = new DefinitionCatalog();
        new StatementFollower(asked, server).Apply(statement, table.Source.Schema, cancellationToken);
        return asked.Find(table.Id) is { } definition && layout.With(definition).Definition is not null ? definition with { IsFromSource = true } : null;
    }

    private void Redefine(KnownTable table, TableDefinition definition)
    {
        definitions.Set(table.Id, definition);
        definitions.TakeTouched();
        table.Define(definitions.Find(table.Id));
    }

    /// <summary>MySQL keeps the key column that it generates in the first place, whatever a statement puts there. Null if it is there, or is none.</summary>
    private static TableDefinition? WithGeneratedKeyFirst(TableDefinition told)
    {
        int generated = told.IndexOf("my_row_id");
        return generated <= 0 ? null : told with { Columns = [told.Columns[generated], .. told.Columns.Where((_, i) => i != generated)] };
    }

    /// <summary>Whether all of some names are among others, in their order.</summary>
    private static bool AreAmong(string[] some, string[] others)
    {
        int found = 0;
        foreach (string name in others)
        {
            found += found < some.Length && some[found].Equals(name, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        }

        return found == some.Length;
    }
}
