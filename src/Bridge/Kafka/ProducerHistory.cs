namespace CanalBridge.Kafka;

/// <summary>What the producers of this process have gone through: it decides where one failure alone does not.</summary>
/// <remarks>One for a destination, for as long as the process runs; for the loop's thread.</remarks>
internal sealed class ProducerHistory
{
    /// <summary>Doubtful failures in a row that a process takes as passing before its first commit.</summary>
    private const int MostDoubts = 5;

    private int _doubts;
    private string? _committed;
    private bool _batchRefused;
    private string? _refusedBehind;

    /// <summary>A producer has fenced: address, login and rights were right then.</summary>
    public bool HasFenced { get; private set; }

    /// <summary>A producer has committed: the bridge's own topics were there and readable then.</summary>
    public bool HasCommitted { get; private set; }

    /// <summary>A batch was refused, and nothing was committed behind the position that was stored then.</summary>
    public bool BatchWasRefusedHere => _batchRefused && _refusedBehind == _committed;

    /// <summary>A producer has fenced.</summary>
    public void Fenced() => HasFenced = true;

    /// <summary>A transaction was committed.</summary>
    /// <param name="position">The position in it, as text.</param>
    public void Committed(string position)
    {
        HasCommitted = true;
        _doubts = 0;
        _committed = position;
    }

    /// <summary>A topic has refused a batch of records of which none is too large.</summary>
    public void BatchRefused()
    {
        _batchRefused = true;
        _refusedBehind = _committed;
    }

    /// <summary>Whether a new producer may mend the fault; if not, the process ends.</summary>
    public bool MayRecycle(KafkaFaultException fault) =>
        fault.Reaction == Reaction.Recycle || (fault.Reaction == Reaction.RecycleInDoubt && (HasCommitted || _doubts < MostDoubts));

    /// <summary>A new producer is made because of the fault.</summary>
    public void Recycled(KafkaFaultException fault) => _doubts += fault.Reaction == Reaction.RecycleInDoubt ? 1 : 0;
}
