namespace CanalBridge.Options;

/// <summary>Section <c>Envelope</c>: the shape of the records.</summary>
internal sealed class EnvelopeOptions
{
    /// <summary>Whether each record carries Debezium's four context headers (its <c>extended.headers.enabled</c>).</summary>
    public bool ContextHeaders { get; set; } = true;

    /// <summary>Whether NULL is written as the column's default where that is known (the converter's <c>replace.null.with.default</c>).</summary>
    public bool ReplaceNullWithDefault { get; set; } = true;
}
