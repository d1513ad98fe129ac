namespace CanalBridge.Serialization.Values;

/// <summary>Counts texts with U+FFFD: the source column is not UTF-8 and Canal has destroyed it.</summary>
internal sealed class DamageCounter
{
    /// <summary>Damaged values since <see cref="Reset"/>.</summary>
    public int Values { get; private set; }

    /// <summary>Starts anew.</summary>
    public void Reset() => Values = 0;

    /// <summary>Counts a value if it is damaged.</summary>
    public void Count(bool damaged)
    {
        if (damaged)
        {
            Values++;
        }
    }
}
