using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Debezium;

/// <summary>
/// The source transaction under way, counted: Debezium's <c>provide.transaction.metadata</c>. A record at its BEGIN and its END, and
/// the place of each event in it.
/// </summary>
/// <remarks>
/// Its id is the GTID where Canal tells it, else <c>file=…,pos=…</c> of the BEGIN. MariaDB's has no BEGIN entry: there it begins with its first
/// rows. What was counted goes with the position (<see cref="State"/>), so a restart inside a transaction counts on.
/// </remarks>
internal sealed class SourceTransaction : IDisposable
{
    private const string Key = """{"schema":{"type":"struct","fields":[{"type":"string","optional":false,"field":"id"}],"optional":false,"name":"io.debezium.connector.common.TransactionMetadataKey","version":1},"payload":""";

    private const string Value = """{"schema":{"type":"struct","fields":[{"type":"string","optional":false,"field":"status"},{"type":"string","optional":false,"field":"id"},{"type":"int64","optional":true,"field":"event_count"},{"type":"array","items":{"type":"struct","fields":[{"type":"string","optional":false,"field":"data_collection"},{"type":"int64","optional":false,"field":"event_count"}],"optional":true,"name":"event.collection","version":1},"optional":true,"field":"data_collections"},{"type":"int64","optional":false,"field":"ts_ms"}],"optional":false,"name":"io.debezium.connector.common.TransactionMetadataValue","version":1},"payload":""";

    /// <summary>Tables whose counters live on.</summary>
    private const int MostKnown = 4096;

    /// <summary>The name of a binlog file has at most 255 bytes.</summary>
    private const int LongestPlace = 288;

    private readonly string _topic;
    private readonly byte[] _keyStart;
    private readonly byte[] _valueStart;
    private readonly RecordBuffer _id = new();

    // Counters live on, so that a transaction allocates nothing: those in _counters belong to the open one.
    private readonly Dictionary<SourceTable, Counter> _known = [];
    private readonly List<Counter> _counters = [];
    private Counter? _current;
    private long _total;

    /// <param name="topic">Topic of the records of BEGIN and END.</param>
    /// <param name="schemas">Whether they carry their schema.</param>
    public SourceTransaction(string topic, bool schemas)
    {
        _topic = topic;
        _keyStart = schemas ? Encoding.UTF8.GetBytes(Key) : [];
        _valueStart = schemas ? Encoding.UTF8.GetBytes(Value) : [];
    }

    /// <summary>A transaction is under way.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>A transaction is under way, and the entry is of another one by its GTID: Canal left out an END.</summary>
    public bool IsOfAnother(in EntryHeader header)
    {
        ReadOnlySpan<byte> gtid = IsOpen ? header.TransactionGtid : default;
        return !gtid.IsEmpty && !gtid.SequenceEqual(_id.Slice(Id)[1..^1]);
    }

    /// <summary>The open transaction as JSON, to be kept with the position; null if none is open.</summary>
    public string? State
    {
        get
        {
            if (!IsOpen)
            {
                return null;
            }

            var buffer = new ArrayBufferWriter<byte>();
            using var json = new Utf8JsonWriter(buffer);
            json.WriteStartObject();
            json.WritePropertyName("id");
            json.WriteRawValue(_id.Slice(Id));
            json.WriteStartObject("tables");
            foreach (Counter counter in _counters)
            {
                json.WriteNumber(counter.Name, counter.Events);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.Flush();
            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
    }

    private ByteRange Id => new(0, _id.LengthBytes);

    /// <summary>Goes on with a transaction that was kept. Before the first entry.</summary>
    /// <exception cref="FormatException">It is no such state.</exception>
    public void Restore(string state)
    {
        try
        {
            using var document = JsonDocument.Parse(state);
            Open(Encoding.UTF8.GetBytes(document.RootElement.GetProperty("id").GetString() ?? ""));
            foreach (JsonProperty table in document.RootElement.GetProperty("tables").EnumerateObject())
            {
                _counters.Add(new Counter(table.Name) { Events = table.Value.GetInt64(), IsInTransaction = true });
                _total += _counters[^1].Events;
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"expected an open transaction with id and tables, got {state.Length} other characters", e);
        }
    }

    /// <summary>Begins a transaction with this entry and appends its record.</summary>
    public void Begin(in EntryHeader header, RecordBuffer records)
    {
        ReadOnlySpan<byte> gtid = header.TransactionGtid;
        Span<byte> place = stackalloc byte[LongestPlace];
        Open(gtid.IsEmpty ? place[..WritePlace(header, place)] : gtid);
        var output = new RecordOutput(records);
        WriteStart(ref output, "BEGIN"u8, out ByteRange key, out int start);
        output.Write(",\"event_count\":null,\"data_collections\":null,\"ts_ms\":"u8);
        Add(ref output, header, records, key, start);
    }

    /// <summary>Ends the transaction and appends its record.</summary>
    public void End(in EntryHeader header, RecordBuffer records)
    {
        var output = new RecordOutput(records);
        WriteStart(ref output, "END"u8, out ByteRange key, out int start);
        output.Write(",\"event_count\":"u8);
        output.WriteNumber(_total);
        output.Write(",\"data_collections\":["u8);
        bool first = true;
        foreach (Counter counter in _counters)
        {
            // A table whose rows were all left out has a counter and no events.
            if (counter.Events > 0)
            {
                output.Write(first ? "{\"data_collection\":"u8 : ",{\"data_collection\":"u8);
                first = false;
                output.Write(counter.QuotedName);
                output.Write(",\"event_count\":"u8);
                output.WriteNumber(counter.Events);
                output.Write((byte)'}');
            }
        }

        output.Write("],\"ts_ms\":"u8);
        Add(ref output, header, records, key, start);
        Close();
    }

    /// <summary>Forgets the open transaction, if there is one.</summary>
    public void Close()
    {
        IsOpen = false;
        foreach (Counter counter in _counters)
        {
            counter.IsInTransaction = false;
        }

        _counters.Clear();
        _current = null;
        _total = 0;
    }

    /// <summary>The next events are of this table.</summary>
    public void Enter(SourceTable table)
    {
        if (_current is { IsInTransaction: true } current && ReferenceEquals(current.Table, table))
        {
            return;
        }

        if (!_known.TryGetValue(table, out Counter? counter))
        {
            counter = Named(table);
            counter.Table = table;
            _known.Add(table, counter);
        }

        if (!counter.IsInTransaction)
        {
            counter.IsInTransaction = true;
            counter.Events = 0;
            _counters.Add(counter);
        }

        _current = counter;
    }

    /// <summary>Counts one more event of the table entered, and writes its block.</summary>
    public void WriteNext(ref RecordOutput output)
    {
        output.Write("{\"id\":"u8);
        output.Write(_id.Slice(Id));
        output.Write(",\"total_order\":"u8);
        output.WriteNumber(++_total);
        output.Write(",\"data_collection_order\":"u8);
        output.WriteNumber(++_current!.Events);
        output.Write((byte)'}');
    }

    /// <inheritdoc />
    public void Dispose() => _id.Dispose();

    private void Open(ReadOnlySpan<byte> id)
    {
        Close();
        if (_known.Count > MostKnown)
        {
            _known.Clear();
        }

        IsOpen = true;
        _id.Clear();
        var output = new RecordOutput(_id);
        JsonText.WriteQuoted(ref output, id);
        output.Flush();
    }

    private void WriteStart(ref RecordOutput output, ReadOnlySpan<byte> status, out ByteRange key, out int start)
    {
        int keyAt = output.Position;
        output.Write(_keyStart);
        output.Write("{\"id\":"u8);
        output.Write(_id.Slice(Id));
        output.Write((byte)'}');
        EndPayload(ref output);
        key = output.RangeFrom(keyAt);

        start = output.Position;
        output.Write(_valueStart);
        output.Write("{\"status\":\""u8);
        output.Write(status);
        output.Write("\",\"id\":"u8);
        output.Write(_id.Slice(Id));
    }

    private void Add(ref RecordOutput output, in EntryHeader header, RecordBuffer records, ByteRange key, int start)
    {
        output.WriteNumber(header.ExecuteTimeMilliseconds);
        output.Write((byte)'}');
        EndPayload(ref output);
        records.Add(_topic, key, output.RangeFrom(start), sharesHeaders: false);
        output.Flush();
    }

    private void EndPayload(ref RecordOutput output)
    {
        if (_keyStart.Length > 0)
        {
            output.Write(ConnectSchemas.End);
        }
    }

    private Counter Named(SourceTable table)
    {
        // One that was kept is known by its name alone.
        string name = table.ToString();
        return _counters.Find(counter => counter.Name == name) ?? new Counter(name);
    }

    /// <summary>Debezium's id of a transaction without GTID.</summary>
    private static int WritePlace(in EntryHeader header, Span<byte> place)
    {
        ReadOnlySpan<byte> file = header.LogfileName[..Math.Min(header.LogfileName.Length, LongestPlace - 32)];
        int length = 0;
        "file="u8.CopyTo(place);
        length += 5;
        file.CopyTo(place[length..]);
        length += file.Length;
        ",pos="u8.CopyTo(place[length..]);
        length += 5;
        Utf8Formatter.TryFormat(header.LogfileOffset, place[length..], out int digits);
        return length + digits;
    }

    private sealed class Counter(string name)
    {
        public string Name { get; } = name;

        public byte[] QuotedName { get; } = JsonText.Quote(name);

        /// <summary>It counts for the open transaction.</summary>
        public bool IsInTransaction { get; set; }

        public SourceTable? Table { get; set; }

        public long Events { get; set; }
    }
}
