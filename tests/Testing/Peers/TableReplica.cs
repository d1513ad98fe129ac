using System.Text.Json;
using MySqlConnector;
using Xunit;

namespace CanalBridge.Testing.Peers;

/// <summary>A table as a consumer would mirror it, compared with the table itself.</summary>
internal sealed class TableReplica(WorkloadTable table)
{
    private readonly Dictionary<string, JsonElement> _rows = [];
    private readonly Dictionary<string, int> _keyless = [];

    public void Apply(IEnumerable<CommittedRecord> records)
    {
        foreach (CommittedRecord record in records)
        {
            if (record.IsTombstone)
            {
                continue;
            }

            if (table.KeyForm == KeyForm.None)
            {
                ApplyKeyless(record);
            }
            else
            {
                ApplyKeyed(record);
            }
        }
    }

    public async Task AssertEqualsTableAsync(MySqlConnection connection, string database)
    {
        List<string> expected = await ReadTableAsync(connection, database);
        List<string> mirrored = table.KeyForm == KeyForm.None
            ? [.. _keyless.SelectMany(row => Enumerable.Repeat(row.Key, row.Value))]
            : [.. _rows.Values.Select(Form)];
        expected.Sort(StringComparer.Ordinal);
        mirrored.Sort(StringComparer.Ordinal);
        Assert.Equal(expected.Count, mirrored.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            if (expected[i] != mirrored[i])
            {
                Assert.Fail($"{table.Name} differs in {Difference(expected[i], mirrored[i])}");
            }
        }
    }

    /// <summary>Each before image is the row that the records before it left.</summary>
    private void ApplyKeyed(CommittedRecord record)
    {
        if (record.Operation == "c")
        {
            Assert.False(_rows.ContainsKey(record.Key!), $"{table.Name}: a create of {record.Key}, which is there");
        }
        else
        {
            Assert.True(_rows.Remove(record.Key!, out JsonElement held), $"{table.Name}: a {record.Operation} of {record.Key}, which is not there");
            Assert.Equal(Form(held), Form(record.Before));
        }

        if (record.Operation != "d")
        {
            _rows[record.Key!] = record.After;
        }
    }

    private void ApplyKeyless(CommittedRecord record)
    {
        if (record.Operation != "c")
        {
            string old = Form(record.Before);
            Assert.True(_keyless.TryGetValue(old, out int count) && count > 0, $"{table.Name}: a {record.Operation} of a row that is not there");
            _keyless[old] = count - 1;
        }

        if (record.Operation != "d")
        {
            string now = Form(record.After);
            _keyless[now] = _keyless.GetValueOrDefault(now) + 1;
        }
    }

    private string Form(JsonElement row) => string.Join('\u001f', table.Columns.Select(c =>
        row.GetProperty(c.Name) is { ValueKind: not JsonValueKind.Null } value ? c.Kind.OfRecord(value) : "NULL").Prepend(IdOfRecord(row)));

    /// <summary>The key as the table's HEX(id) shows it.</summary>
    private string IdOfRecord(JsonElement row)
    {
        JsonElement id = row.GetProperty("id");
        return table.KeyForm switch
        {
            KeyForm.Text => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(id.GetString()!)),
            KeyForm.Binary => Convert.ToHexString(id.GetBytesFromBase64()),
            _ => id.GetRawText(),
        };
    }

    private async Task<List<string>> ReadTableAsync(MySqlConnection connection, string database)
    {
        string id = table.KeyForm is KeyForm.Text or KeyForm.Binary ? "HEX(id)" : "CAST(id AS CHAR)";
        string columns = string.Concat(table.Columns.Select(c => ", " + c.Kind.Select.Replace("{0}", c.Name, StringComparison.Ordinal)));
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {id}{columns} FROM {database}.{table.Name}";
        await using MySqlDataReader reader = await command.ExecuteReaderAsync();
        ColumnKind[] kinds = [.. table.Columns.Select(c => c.Kind)];
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            var parts = new List<string> { reader.GetString(0) };
            for (int i = 0; i < kinds.Length; i++)
            {
                parts.Add(await reader.IsDBNullAsync(i + 1) ? "NULL" : kinds[i].OfTable(reader.GetString(i + 1)));
            }

            rows.Add(string.Join('\u001f', parts));
        }

        return rows;
    }

    private string Difference(string expected, string mirrored)
    {
        string[] left = expected.Split('\u001f'), right = mirrored.Split('\u001f');
        int at = Enumerable.Range(0, left.Length).First(i => left[i] != right[i]);
        (string name, ColumnKind? kind) = at == 0 ? ("id", null) : table.Columns.ElementAt(at - 1);
        return $"column {name} ({kind?.Declaration ?? "key"}) of row {left[0]}: the table has {left[at]}, the records {right[at]}";
    }
}
