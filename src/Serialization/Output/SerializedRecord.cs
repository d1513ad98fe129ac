namespace CanalBridge.Serialization.Output;

/// <summary>One record as it will stand in Kafka; spans into a <see cref="RecordBuffer"/>.</summary>
public readonly ref struct SerializedRecord
{
    internal SerializedRecord(
        string topic, ReadOnlySpan<byte> key, bool keyIsNull, ReadOnlySpan<byte> value, bool valueIsNull, string? headerName, ReadOnlySpan<byte> headerValue)
    {
        Topic = topic;
        Key = key;
        KeyIsNull = keyIsNull;
        Value = value;
        ValueIsNull = valueIsNull;
        HeaderName = headerName;
        HeaderValue = headerValue;
    }

    /// <summary>Topic; the same object for every record of a table.</summary>
    public string Topic { get; }

    /// <summary>Record key bytes.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The table has no key: Kafka null.</summary>
    public bool KeyIsNull { get; }

    /// <summary>Record value bytes.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>A tombstone: Kafka null.</summary>
    public bool ValueIsNull { get; }

    /// <summary>Where in its topic it goes.</summary>
    public RecordPlacement Placement { get; init; }

    /// <summary>Whether it carries the headers that records share, behind its own.</summary>
    public bool SharesHeaders { get; init; }

    /// <summary>Name of the record's own header; null if it has none. The headers that all records share are not here.</summary>
    public string? HeaderName { get; }

    /// <summary>Value of that header.</summary>
    public ReadOnlySpan<byte> HeaderValue { get; }
}
