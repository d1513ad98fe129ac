using System.Text.Json;

namespace CanalBridge.Serialization.UnitTests.Golden;

/// <summary>Finds where the records of a topic differ from the golden's: table and column, or <c>(key)</c>, <c>(header)</c>, <c>(records)</c>.</summary>
internal sealed class RecordComparison
{
    private readonly string _scenario;
    private readonly KnownDifferences _known;

    private readonly string? _mode;
    private readonly bool _schemas;

    public RecordComparison(string scenario, KnownDifferences known, string? mode, bool schemas)
    {
        _scenario = scenario;
        _known = known;
        _mode = mode;
        _schemas = schemas;
    }

    /// <summary>Places that differ, each with a sample.</summary>
    public SortedDictionary<string, string> Differences { get; } = new(StringComparer.Ordinal);

    /// <summary>Transactions of the golden that begin and do not end.</summary>
    public void WithoutEnd(int count)
    {
        if (count > 0)
        {
            Differ("(transactions)", "(without END)", $"{count} BEGIN", "none");
        }
    }

    /// <summary>Compares one topic's records in order, row by row.</summary>
    public void Compare(List<GoldenRecord> expected, List<GoldenRecord> actual)
    {
        if ((expected.Count > 0 ? expected : actual)[0].Value?.StartsWith("{\"status\":", StringComparison.Ordinal) == true)
        {
            CompareTransactions(expected, actual);
            return;
        }

        List<GoldenRecord> bare = WithoutSchemas(expected), bareActual = WithoutSchemas(actual);
        string table = Table(bare.Count > 0 ? bare : bareActual);
        if (_schemas)
        {
            CompareSchemas(table, expected, actual);
        }

        List<List<GoldenRecord>> expectedRows = Rows(bare), actualRows = Rows(bareActual);
        if (!expectedRows.Select(RowId).SequenceEqual(actualRows.Select(RowId)))
        {
            Differ(table, "(records)", $"{expectedRows.Count} rows", $"{actualRows.Count} rows");
            return;
        }

        foreach ((List<GoldenRecord> left, List<GoldenRecord> right) in expectedRows.Zip(actualRows))
        {
            if (left.Count != right.Count)
            {
                Differ(table, "(key)", $"{left.Count} records of a row", $"{right.Count} records");
                continue;
            }

            foreach ((GoldenRecord one, GoldenRecord other) in left.Zip(right))
            {
                CompareRecord(table, one, other);
            }
        }
    }

    private void CompareTransactions(List<GoldenRecord> expected, List<GoldenRecord> actual)
    {
        Assert.Equal(expected.Select(static record => record.Key), actual.Select(static record => record.Key));
        foreach ((GoldenRecord one, GoldenRecord other) in expected.Zip(actual))
        {
            foreach (((string name, string left), (_, string right)) in JsonSlices.Members(one.Value!).Zip(JsonSlices.Members(other.Value!)))
            {
                // Here ts_ms is the source's time.
                if (left != right && !(name == "\"ts_ms\"" && _known.IsMasked(_scenario, "source.ts_ms")))
                {
                    Differ("(transactions)", $"({name.Trim('"')})", left, right);
                }
            }

            Assert.Empty(other.Headers);
            Assert.Empty(one.Headers);
        }
    }

    /// <summary>Compares the topic of schema changes in order, statement by statement; each makes one record or several.</summary>
    public void CompareStatements(List<GoldenRecord> expected, List<GoldenRecord> actual)
    {
        List<List<GoldenRecord>> wanted = Statements(expected), got = Statements(actual);
        foreach (List<GoldenRecord> missing in wanted.Where(statement => !got.Exists(other => StatementId(other) == StatementId(statement))))
        {
            Differ(StatementName(missing[0]), "(records)", $"{missing.Count} records", "none");
        }

        foreach (List<GoldenRecord> surplus in got.Where(statement => !wanted.Exists(other => StatementId(other) == StatementId(statement))))
        {
            Differ(StatementName(surplus[0]), "(records)", "none", $"{surplus.Count} records");
        }

        // Those that both have stand in one order.
        List<List<GoldenRecord>> left = [.. wanted.Where(statement => got.Exists(other => StatementId(other) == StatementId(statement)))];
        List<List<GoldenRecord>> right = [.. got.Where(statement => wanted.Exists(other => StatementId(other) == StatementId(statement)))];
        Assert.Equal(left.Select(StatementId), right.Select(StatementId));
        foreach ((List<GoldenRecord> ones, List<GoldenRecord> others) in left.Zip(right))
        {
            string name = StatementName(ones[0]);
            if (ones.Count != others.Count)
            {
                Differ(name, "(records)", $"{ones.Count} records", $"{others.Count} records");
                continue;
            }

            if (_schemas)
            {
                CompareSchemas(name, ones, others);
            }

            foreach ((GoldenRecord one, GoldenRecord other) in WithoutSchemas(ones).Zip(WithoutSchemas(others)))
            {
                CompareRecord(name, one, other);
            }
        }
    }

    private static List<List<GoldenRecord>> Statements(List<GoldenRecord> records)
    {
        var statements = new List<List<GoldenRecord>>();
        foreach (GoldenRecord record in records)
        {
            if (statements.Count == 0 || StatementId(statements[^1]) != StatementId([record]))
            {
                statements.Add([]);
            }

            statements[^1].Add(record);
        }

        return statements;
    }

    private static string StatementId(List<GoldenRecord> statement)
    {
        using var value = JsonDocument.Parse(statement[0].Value!);
        JsonElement source = ValueOf(value).GetProperty("source");
        return $"{source.GetProperty("file")}:{source.GetProperty("pos")}";
    }

    /// <summary>The topic and how the statement begins.</summary>
    private static string StatementName(GoldenRecord record)
    {
        const int longest = 60;
        using var value = JsonDocument.Parse(record.Value!);
        string ddl = ValueOf(value).GetProperty("ddl").GetString()!.ReplaceLineEndings(" ").Replace("`", "", StringComparison.Ordinal).Replace("|", "", StringComparison.Ordinal);
        return $"{record.Topic}: {(ddl.Length > longest ? ddl[..longest] + "…" : ddl)}";
    }

    private static JsonElement ValueOf(JsonDocument document) => document.RootElement.TryGetProperty("payload", out JsonElement payload) ? payload : document.RootElement;

    private void CompareSchemas(string table, List<GoldenRecord> expected, List<GoldenRecord> actual)
    {
        foreach ((GoldenRecord one, GoldenRecord other) in expected.Zip(actual))
        {
            foreach ((string? left, string? right) in (ReadOnlySpan<(string?, string?)>)[(one.Key, other.Key), (one.Value, other.Value)])
            {
                if (left is not null && right is not null && JsonSlices.Members(left)[0] != JsonSlices.Members(right)[0])
                {
                    string schema = JsonSlices.Members(left)[0].Value, got = JsonSlices.Members(right)[0].Value;
                    int at = Math.Max(0, schema.AsSpan().CommonPrefixLength(got) - 60);
                    Differ(table, "(schema)", schema[at..], got[at..]);
                }
            }
        }
    }

    private List<GoldenRecord> WithoutSchemas(List<GoldenRecord> records) => !_schemas ? records : [.. records.Select(static record => record with { Key = Payload(record.Key), Value = Payload(record.Value) })];

    private static string? Payload(string? json)
    {
        if (json is null)
        {
            return null;
        }

        List<(string Name, string Value)> members = JsonSlices.Members(json);
        Assert.Equal(["\"schema\"", "\"payload\""], members.Select(static member => member.Name));
        return members[1].Value;
    }

    private void CompareRecord(string table, GoldenRecord expected, GoldenRecord actual)
    {
        if (expected.Value != actual.Value)
        {
            CompareValues(table, expected.Value, actual.Value);
        }

        if (expected.Key != actual.Key)
        {
            CompareKeys(table, expected.Key, actual.Key);
        }

        List<(string Name, string Text)> expectedHeaders = Unmasked(expected.Headers), actualHeaders = Unmasked(actual.Headers);
        if (!expectedHeaders.SequenceEqual(actualHeaders))
        {
            Differ(table, "(header)", string.Join(';', expectedHeaders), string.Join(';', actualHeaders));
        }
    }

    /// <summary>A masked header must be there; its text is blank on both sides.</summary>
    private List<(string Name, string Text)> Unmasked((string Name, string Text)[] headers) =>
        [.. headers.Select(header => _known.IsMasked(_scenario, "header:" + header.Name) ? header with { Text = "" } : header)];

    private void CompareKeys(string table, string? expected, string? actual)
    {
        if (expected is null || actual is null)
        {
            Differ(table, "(key)", expected, actual);
            return;
        }

        var left = JsonSlices.Members(expected);
        var right = JsonSlices.Members(actual);
        if (left.Select(static member => member.Name).SequenceEqual(right.Select(static member => member.Name)))
        {
            CompareColumns(table, left, right);
        }
        else
        {
            Differ(table, "(key)", expected, actual);
        }
    }

    private void CompareValues(string table, string? expected, string? actual)
    {
        if (expected is null || actual is null)
        {
            Differ(table, "(tombstone)", expected, actual);
            return;
        }

        var left = JsonSlices.Members(expected);
        var right = JsonSlices.Members(actual);
        Assert.Equal(left.Select(static member => member.Name), right.Select(static member => member.Name));
        foreach (((string name, string one), (_, string other)) in left.Zip(right))
        {
            if (one == other || _known.IsMasked(_scenario, name.Trim('"')))
            {
                continue;
            }

            if (name == "\"source\"")
            {
                CompareSources(table, one, other);
            }
            else if (one.StartsWith('{') && other.StartsWith('{'))
            {
                CompareColumns(table, JsonSlices.Members(one), JsonSlices.Members(other));
            }
            else
            {
                Differ(table, $"({name.Trim('"')})", one, other);
            }
        }
    }

    private void CompareSources(string table, string expected, string actual)
    {
        var left = JsonSlices.Members(expected);
        var right = JsonSlices.Members(actual);
        Assert.Equal(left.Select(static member => member.Name), right.Select(static member => member.Name));
        foreach (((string name, string one), (_, string other)) in left.Zip(right))
        {
            string member = "source." + name.Trim('"');
            bool isUnset = _mode == "nulls-kept" && member == "source.snapshot";
            if (one != other && !_known.IsMasked(_scenario, member) && !isUnset)
            {
                Differ(table, $"({member})", one, other);
            }
        }
    }

    private void CompareColumns(string table, List<(string Name, string Value)> expected, List<(string Name, string Value)> actual)
    {
        if (!expected.Select(static member => member.Name).SequenceEqual(actual.Select(static member => member.Name)))
        {
            Differ(table, "(columns)", string.Join(',', expected.Select(static m => m.Name)), string.Join(',', actual.Select(static m => m.Name)));
            return;
        }

        foreach (((string name, string one), (_, string other)) in expected.Zip(actual))
        {
            if (one != other)
            {
                Differ(table, name[1..^1], one, other);
            }
        }
    }

    private void Differ(string table, string place, string? expected, string? actual) =>
        Differences.TryAdd($"{table}.{place}", $"expected {Short(expected)}, got {Short(actual)}");

    private static string Short(string? text) => text is null ? "null" : text.Length > 150 ? text[..150] + "..." : text;

    /// <summary>Records of one source row together: a delete with its tombstone, the three of a key change.</summary>
    private static List<List<GoldenRecord>> Rows(List<GoldenRecord> records)
    {
        var rows = new List<List<GoldenRecord>>();
        string? last = null;
        foreach (GoldenRecord record in records)
        {
            string? id = record.Value is null ? last : RowId([record]);
            if (id != last || rows.Count == 0)
            {
                rows.Add([]);
            }

            rows[^1].Add(record);
            last = id;
        }

        return rows;
    }

    private static string RowId(List<GoldenRecord> row)
    {
        Dictionary<string, string> source = Source(row[0]);
        return $"{source["\"file\""]} {source["\"pos\""]} {source["\"row\""]}";
    }

    private static string Table(List<GoldenRecord> records)
    {
        Dictionary<string, string> source = Source(records[0]);
        return $"{source["\"db\""].Trim('"')}.{source["\"table\""].Trim('"')}";
    }

    private static Dictionary<string, string> Source(GoldenRecord record) =>
        JsonSlices.Members(JsonSlices.Members(record.Value!).First(static member => member.Name == "\"source\"").Value).ToDictionary(
            static member => member.Name, static member => member.Value);
}
