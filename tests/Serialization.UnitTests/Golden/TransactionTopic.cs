using System.Text.Json;

namespace CanalBridge.Serialization.UnitTests.Golden;

/// <summary>Makes the golden's transaction ids (GTIDs) those of the recording, which has none: transaction by transaction, in order.</summary>
internal sealed class TransactionTopic
{
    private const string Name = "bridge.transaction";

    private readonly Dictionary<string, string> _ids;

    private TransactionTopic(Dictionary<string, string> ids, int withoutEnd)
    {
        _ids = ids;
        WithoutEnd = withoutEnd;
    }

    /// <summary>BEGINs of the golden that have neither END nor rows: MariaDB's DDL, and the ends of its XA transactions.</summary>
    public int WithoutEnd { get; }

    /// <summary>Pairs the transactions of both sides by their order; null where there is no such topic.</summary>
    public static TransactionTopic? Pair(IReadOnlyList<GoldenRecord> expected, IReadOnlyList<GoldenRecord> actual)
    {
        if (!expected.Any(static record => record.Topic == Name))
        {
            return null;
        }

        HashSet<string> real = [.. expected.Where(static record => record.Value is not null).Select(static record => IdOf(record, mayBegin: false)).OfType<string>()];
        string[] ids = [.. Begins(expected).Where(real.Contains)];
        string[] own = [.. Begins(actual)];
        Assert.Equal(ids.Length, own.Length);
        return new TransactionTopic(ids.Zip(own).ToDictionary(static pair => pair.First, static pair => pair.Second), Begins(expected).Count() - ids.Length);
    }

    /// <summary>The golden's records with the recording's ids, tables of an END in order of their names.</summary>
    public IEnumerable<GoldenRecord> WithIds(IEnumerable<GoldenRecord> records) =>
        from record in records
        let id = record.Value is null ? null : IdOf(record, mayBegin: true)
        where id is null || _ids.ContainsKey(id)
        select Sorted(id is null ? record : record with { Key = record.Topic == Name ? Replace(record.Key!, id) : record.Key, Value = Replace(record.Value!, id) });

    /// <summary>Debezium lists the tables of an END in hash order.</summary>
    public static GoldenRecord Sorted(GoldenRecord record)
    {
        const string from = "\"data_collections\":[", to = "],";
        if (record.Topic != Name || record.Value?.IndexOf(from, StringComparison.Ordinal) is not { } found || found < 0)
        {
            return record;
        }

        int start = found + from.Length, end = record.Value.IndexOf(to, start, StringComparison.Ordinal);
        string[] tables = record.Value[start..end].Split("},");
        string sorted = string.Join(',', tables.Select(static table => table.TrimEnd('}')).Order(StringComparer.Ordinal).Select(static table => table.Length == 0 ? "" : table + "}"));
        return record with { Value = record.Value[..start] + sorted + record.Value[end..] };
    }

    private static IEnumerable<string> Begins(IReadOnlyList<GoldenRecord> records) =>
        records.Where(static record => record.Topic == Name && record.Value!.Contains("\"BEGIN\"", StringComparison.Ordinal)).Select(static record => IdOf(record, mayBegin: true)!);

    private static string? IdOf(GoldenRecord record, bool mayBegin)
    {
        using var value = JsonDocument.Parse(record.Value!);
        JsonElement root = value.RootElement;
        if (record.Topic == Name)
        {
            return mayBegin || root.GetProperty("status").GetString() != "BEGIN" ? root.GetProperty("id").GetString() : null;
        }

        return root.TryGetProperty("transaction", out JsonElement block) && block.ValueKind == JsonValueKind.Object ? block.GetProperty("id").GetString() : null;
    }

    private string Replace(string text, string id) => text.Replace($"\"id\":\"{id}\"", $"\"id\":\"{_ids[id]}\"", StringComparison.Ordinal);
}
