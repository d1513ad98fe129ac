using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.UnitTests;

/// <summary>A record as text.</summary>
internal sealed record TextRecord(string? Key, string? Value, string? HeaderName, string HeaderValue, string Topic)
{
    public RecordPlacement Placement { get; init; }
}

/// <summary>Topics by Debezium's names; counts how often it was asked.</summary>
internal sealed class DefaultTopics(string prefix) : ITableTopics
{
    public int Questions { get; private set; }

    public List<string> Forgotten { get; } = [];

    public string TopicOf(string schema, string table)
    {
        Questions++;
        return TopicNames.ForTable(prefix, ".", schema, table);
    }

    public void Forget(string schema, string? table) => Forgotten.Add($"{schema}.{table}");
}

/// <summary>A serializer with its buffer, fed with built entries.</summary>
internal sealed class SerializerFixture : IDisposable
{
    /// <summary>2023-11-14T22:13:20.123456789Z.</summary>
    public const long Now = 1_700_000_000_123_456_789;

    private readonly EntrySerializer _serializer;

    public SerializerFixture(SourceKind kind = SourceKind.MySql, TimeZoneInfo? zone = null, ITableStatements? source = null, bool replaceNull = true, NameFilter? filter = null, SkippedOperations skipped = SkippedOperations.Truncate, bool schemas = false, bool schemaChanges = false, bool fence = false)
        : this(
            new SerializationSettings { SourceKind = kind, TopicPrefix = "bridge", CanalTimeZone = zone ?? TimeZoneInfo.Utc, ReplaceNullWithDefault = replaceNull, TableFilter = filter, SkippedOperations = skipped, Schemas = schemas, IncludeSchemaChanges = schemaChanges, DdlFence = fence },
            source)
    {
    }

    public SerializerFixture(SerializationSettings settings, ITableStatements? source = null) => _serializer = new EntrySerializer(settings, Topics, source);

    public DefaultTopics Topics { get; } = new("bridge");

    public RecordBuffer Buffer { get; } = new();

    public string? OpenTransaction => _serializer.OpenTransaction;

    public void RestoreTransaction(string state) => _serializer.RestoreTransaction(state);

    public EntryResult Write(byte[] entry, int firstRow = 0, CancellationToken stop = default) => _serializer.Write(CanalEntry.Parse(entry), new EntryContext(Now, BatchId: 1, firstRow, stop), Buffer);

    /// <summary>Tables whose layout is known.</summary>
    public IEnumerable<string> Tables => _serializer.Tables.Select(static table => table.Table);

    public bool MayAsk(byte[] entry) => _serializer.MayAsk(CanalEntry.Parse(entry));

    public void Restore(string key, string definition) => _serializer.RestoreDefinition(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(definition));

    public IReadOnlyList<(byte[] Key, byte[]? Value)> TakeChangedDefinitions() => _serializer.TakeChangedDefinitions();

    /// <summary>Records of one entry.</summary>
    public List<TextRecord> Records(byte[] entry, int firstRow = 0)
    {
        Buffer.Clear();
        Write(entry, firstRow);
        var records = new List<TextRecord>();
        for (int i = 0; i < Buffer.Count; i++)
        {
            SerializedRecord record = Buffer[i];
            records.Add(new TextRecord(
                record.KeyIsNull ? null : Encoding.UTF8.GetString(record.Key),
                record.ValueIsNull ? null : Encoding.UTF8.GetString(record.Value),
                record.HeaderName,
                Encoding.UTF8.GetString(record.HeaderValue),
                record.Topic)
            {
                Placement = record.Placement,
            });
        }

        return records;
    }

    /// <summary>JSON of one value in a row of one column.</summary>
    public string ValueOf(string type, string? value, bool isKey = false)
    {
        const string start = """{"before":null,"after":{"c":""";
        string json = Records(EntryBuilder.Insert(new Cell("c", type, value, isKey)))[0].Value!;
        Assert.StartsWith(start, json, StringComparison.Ordinal);
        return json[start.Length..json.IndexOf("},\"source\":", StringComparison.Ordinal)];
    }

    public void Dispose()
    {
        _serializer.Dispose();
        Buffer.Dispose();
    }
}
