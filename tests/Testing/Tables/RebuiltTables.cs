using System.Text.Json;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.Testing.Tables;

/// <summary>Tables rebuilt from records, as a consumer would; compared with the source's own.</summary>
internal sealed class RebuiltTables
{
    private readonly Dictionary<string, TableDefinition> _tables;

    /// <summary>Per table: rows by identity, with how often they occur (more than once only without a key).</summary>
    private readonly Dictionary<string, Dictionary<string, (string?[] Row, int Count)>> _rows = new(StringComparer.Ordinal);

    private readonly List<string> _complaints = [];

    private RebuiltTables(string prefix, IEnumerable<TableDefinition> tables)
    {
        _tables = tables.ToDictionary(t => $"{prefix}.{t.Database}.{t.Name}", StringComparer.Ordinal);
        foreach (string topic in _tables.Keys)
        {
            _rows.Add(topic, new Dictionary<string, (string?[], int)>(StringComparer.Ordinal));
        }
    }

    /// <summary>Rebuilds the tables of <paramref name="database"/> and says where they differ; empty when nowhere.</summary>
    /// <param name="records">All records of the tables' topics, of each partition in order of offset.</param>
    public static async Task<IReadOnlyList<string>> CompareAsync(MySqlConnection source, string database, string prefix, IEnumerable<CommittedRecord> records)
    {
        var replica = new RebuiltTables(prefix, await TableDefinition.ReadAllAsync(source, database));
        foreach (CommittedRecord record in records.Where(r => r.Topic.StartsWith($"{prefix}.{database}.", StringComparison.Ordinal)))
        {
            replica.Apply(record);
        }

        foreach ((string topic, TableDefinition table) in replica._tables)
        {
            replica.Compare(topic, table, await table.ReadRowsAsync(source));
        }

        return replica._complaints;
    }

    /// <summary>How a record is called in a complaint.</summary>
    public static string Name(CommittedRecord record) =>
        $"{record.Topic}[{record.Partition}] {record.Operation ?? "tombstone"} {record.Key ?? "no key"}{(record.IsTombstone ? "" : $" at {record.Position}")}";

    private static JsonElement? Image(CommittedRecord record, bool before)
    {
        JsonElement image = record.IsTombstone ? default : before ? record.Before : record.After;
        return image.ValueKind == JsonValueKind.Object ? image : null;
    }

    private void Apply(CommittedRecord record)
    {
        if (!_tables.TryGetValue(record.Topic, out TableDefinition? table))
        {
            _complaints.Add($"{Name(record)}: no such table");
            return;
        }

        try
        {
            Apply(record, table, _rows[record.Topic]);
        }
        catch (FormatException e)
        {
            _complaints.Add($"{Name(record)}: {e.Message} {e.InnerException?.Message}");
        }
    }

    private void Apply(CommittedRecord record, TableDefinition table, Dictionary<string, (string?[] Row, int Count)> rows)
    {
        string?[]? before = Image(record, before: true) is { } b ? table.Decode(b) : null;
        string?[]? after = Image(record, before: false) is { } a ? table.Decode(a) : null;
        Expect(record, table.HasKey == record.Key is not null, "has a key exactly where its table has one");
        if (table.HasKey && record.Key is { } text && JsonDocument.Parse(text).RootElement is var key)
        {
            string identity = table.Identity(key);
            Expect(record, record.IsTombstone || identity == table.Identity((after ?? before)!), "has its row's key");
            Expect(record, !record.IsTombstone || !rows.ContainsKey(identity), "as a tombstone follows its delete");
        }

        switch (record.Operation)
        {
            case "c":
                Expect(record, before is null && after is not null, "has an image after and none before");
                Add(record, rows, table, after!);
                break;
            case "u":
                Remove(record, rows, table, before!);
                Add(record, rows, table, after!);
                break;
            case "d":
                Expect(record, before is not null && after is null, "has an image before and none after");
                Remove(record, rows, table, before!);
                break;
            case null:
                break;
            default:
                _complaints.Add($"{Name(record)}: unknown operation");
                break;
        }
    }

    private void Add(CommittedRecord record, Dictionary<string, (string?[] Row, int Count)> rows, TableDefinition table, string?[] row)
    {
        string identity = table.Identity(row);
        int count = rows.TryGetValue(identity, out (string?[] Row, int Count) known) ? known.Count : 0;
        Expect(record, count == 0 || !table.HasKey, "adds a row that is not there yet");
        rows[identity] = (row, count + 1);
    }

    /// <summary>The image before must be the row that the earlier records left.</summary>
    private void Remove(CommittedRecord record, Dictionary<string, (string?[] Row, int Count)> rows, TableDefinition table, string?[] row)
    {
        string identity = table.Identity(row);
        if (!rows.TryGetValue(identity, out (string?[] Row, int Count) known))
        {
            Expect(record, false, "changes a row that is there");
            return;
        }

        if (Difference(table, known.Row, row) is { } difference)
        {
            _complaints.Add($"{Name(record)}: the image before differs from the row known in {difference}");
        }

        if (known.Count == 1)
        {
            rows.Remove(identity);
        }
        else
        {
            rows[identity] = (known.Row, known.Count - 1);
        }
    }

    private void Compare(string topic, TableDefinition table, IReadOnlyList<string?[]> expected)
    {
        Dictionary<string, (string?[] Row, int Count)> rows = _rows[topic];
        var expectedCounts = expected.CountBy(table.Identity).ToDictionary(StringComparer.Ordinal);
        foreach (string?[] row in expected.DistinctBy(table.Identity))
        {
            string identity = table.Identity(row);
            if (!rows.TryGetValue(identity, out (string?[] Row, int Count) found))
            {
                _complaints.Add($"Table {table.Name}, row {identity}: in the source, not in the topic");
            }
            else if (Difference(table, row, found.Row) is { } difference)
            {
                _complaints.Add($"Table {table.Name}, row {identity}: {difference}");
            }
            else if (found.Count != expectedCounts[identity])
            {
                _complaints.Add($"Table {table.Name}, row {identity}: {expectedCounts[identity]} times in the source, {found.Count} times in the topic");
            }
        }

        _complaints.AddRange(rows.Keys.Where(i => !expectedCounts.ContainsKey(i)).Select(i => $"Table {table.Name}, row {i}: in the topic, not in the source"));
    }

    private static string? Difference(TableDefinition table, string?[] expected, string?[] found)
    {
        int at = Enumerable.Range(0, expected.Length).FirstOrDefault(i => expected[i] != found[i], -1);
        return at < 0 ? null : $"column {table.Columns[at].Name}: expected {expected[at] ?? "NULL"}, found {found[at] ?? "NULL"}";
    }

    private void Expect(CommittedRecord record, bool holds, string what)
    {
        if (!holds)
        {
            _complaints.Add($"{Name(record)}: expected that it {what}");
        }
    }
}
