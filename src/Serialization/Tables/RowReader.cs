using Canal.Client.Entries;

namespace CanalBridge.Serialization.Tables;

/// <summary>Finds the values of rows by their table's layout, learns a layout from a row that has another, and decides whether a row is whole.</summary>
internal sealed class RowReader
{
    private readonly TableCatalog _tables;

    public RowReader(TableCatalog tables) => _tables = tables;

    /// <summary>Values of the row read last.</summary>
    public RowImages Images { get; } = new();

    /// <summary>Reads a row into <see cref="Images"/>.</summary>
    /// <param name="table">Its table; keeps the layout.</param>
    /// <param name="row">The row.</param>
    /// <param name="operation">What happened to it: says which images there must be.</param>
    /// <param name="cancellationToken">Ends a wait for the source.</param>
    /// <returns>The row's layout.</returns>
    /// <exception cref="IncompleteRowImageException">Columns are missing.</exception>
    /// <exception cref="UnknownColumnsException">Which columns they are cannot be told for certain.</exception>
    public TableLayout Read(KnownTable table, in RowData row, Operation operation, CancellationToken cancellationToken)
    {
        TableLayout layout = ReadShown(table, row, operation, cancellationToken);
        return layout.Definition is null && table.MayBeAsked ? _tables.Ask(table, layout, cancellationToken) : layout;
    }

    private TableLayout ReadShown(KnownTable table, in RowData row, Operation operation, CancellationToken cancellationToken)
    {
        if (table.Layout is { IsContradicted: false } known && Images.TryRead(known, row.Bytes) && IsComplete(known, operation))
        {
            table.MayHaveChanged = false;
            return known;
        }

        // After a DDL the table may just have lost columns: only then are fewer no sign of a partial row image.
        if (table is { Layout: { IsContradicted: false } last, MayHaveChanged: false } && last.Covers(row.BeforeColumns) && last.Covers(row.AfterColumns))
        {
            throw Incomplete(table, last);
        }

        var learned = TableLayout.Learn(table.Source, table.Definition, row);
        if (!Images.TryRead(learned, row.Bytes) || !IsComplete(learned, operation))
        {
            throw Incomplete(table, learned);
        }

        learned = learned.IsContradicted ? _tables.Judge(table, learned, row, cancellationToken) : learned;
        _tables.Keep(table, learned);
        return learned;
    }

    private bool IsComplete(TableLayout layout, Operation operation)
    {
        int before = operation == Operation.Create ? 0 : layout.Columns.Length;
        int after = operation == Operation.Delete ? 0 : layout.Columns.Length;
        return Images.BeforeCount == before && Images.AfterCount == after;
    }

    private static IncompleteRowImageException Incomplete(KnownTable table, TableLayout layout) =>
        new(table.Source.ToString(), $"not all of the {layout.Columns.Length} known columns are in the images before and after the change");
}
