using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.UnitTests.Avro;

/// <summary>A record as bytes.</summary>
internal sealed record BinaryRecord(string Topic, byte[]? Key, byte[]? Value, string? HeaderName, string HeaderValue);

/// <summary>A serializer to Avro, fed with built entries.</summary>
internal sealed class AvroFixture : IDisposable
{
    private readonly EntrySerializer _serializer;
    private readonly RecordBuffer _buffer = new();

    public AvroFixture(Func<SerializationSettings, SerializationSettings>? change = null, ITableStatements? source = null)
    {
        var settings = new SerializationSettings { Format = EnvelopeFormat.Avro, TopicPrefix = "bridge" };
        _serializer = new EntrySerializer(change?.Invoke(settings) ?? settings, new DefaultTopics("bridge"), source, Schemas);
    }

    public KeptSchemas Schemas { get; } = new();

    public EntryResult Write(byte[] entry, CancellationToken stop = default)
    {
        _buffer.Clear();
        return _serializer.Write(CanalEntry.Parse(entry), new EntryContext(SerializerFixture.Now, BatchId: 1, Stop: stop), _buffer);
    }

    public bool MayAsk(byte[] entry) => _serializer.MayAsk(CanalEntry.Parse(entry));

    public List<BinaryRecord> Records(byte[] entry)
    {
        Write(entry);
        var records = new List<BinaryRecord>();
        for (int i = 0; i < _buffer.Count; i++)
        {
            SerializedRecord record = _buffer[i];
            records.Add(new BinaryRecord(
                record.Topic, record.KeyIsNull ? null : record.Key.ToArray(), record.ValueIsNull ? null : record.Value.ToArray(), record.HeaderName, Encoding.UTF8.GetString(record.HeaderValue)));
        }

        return records;
    }

    /// <summary>The field, in hex, of one value in a row of one column; the column takes NULL unless it is a key.</summary>
    public string FieldOf(string type, string? value, bool isKey = false)
    {
        // Magic and id, before is null, after is not.
        const int head = 7;
        byte[] record = Records(EntryBuilder.Insert(new Cell("c", type, value, isKey)))[0].Value!;
        int end = record.AsSpan().IndexOf("\u00163.5.0.Final"u8);
        return Convert.ToHexStringLower(record.AsSpan(head..end));
    }

    public void Dispose()
    {
        _serializer.Dispose();
        _buffer.Dispose();
    }
}
