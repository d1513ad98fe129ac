namespace CanalBridge.Loop.Map;

/// <summary>How long the loop waits for the entry that proves what looks like a repetition: see <see cref="BatchMapper.IsInDoubt"/>.</summary>
internal sealed class UnsettledDoubt(BatchMapper mapper, TimeProvider time)
{
    /// <summary>What repeats known entries passes one long before Canal has nothing more for so long.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private long? _since;

    /// <summary>Canal has sent something.</summary>
    public void Reset() => _since = null;

    /// <summary>Canal has nothing more for now.</summary>
    /// <returns>It had nothing for long enough, and what came again is new after all: it is to be read again, in a new session.</returns>
    public bool IsSettledBySilence()
    {
        _since ??= time.GetTimestamp();
        return time.GetElapsedTime(_since.Value) > Longest && mapper.SettleDoubt();
    }
}
