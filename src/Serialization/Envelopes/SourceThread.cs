using Canal.Client.Entries;

namespace CanalBridge.Serialization.Envelopes;

/// <summary>The connection that made the changes, told by a transaction's BEGIN. XA transactions and MariaDB's have none.</summary>
internal sealed class SourceThread
{
    private readonly SourceKind _source;

    public SourceThread(SourceKind source) => _source = source;

    /// <summary>Connection id; null while it is unknown.</summary>
    public long? Id { get; private set; }

    /// <summary>A transaction begins.</summary>
    public void Begin(in CanalEntry begin)
    {
        bool hasThread = _source == SourceKind.MySql && begin.FindBeginProperty("XA_TYPE"u8).IsEmpty;
        long id = hasThread ? begin.ReadThreadId() : 0;
        Id = id == 0 ? null : id;
    }

    /// <summary>The transaction ends.</summary>
    public void End() => Id = null;
}
