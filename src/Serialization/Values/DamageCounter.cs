namespace CanalBridge.Serialization.Values;

/// <summary>Counts values that did not come as they were: texts with U+FFFD (the column is not UTF-8), JSON that Canal broke, what fits no type.</summary>
internal sealed class DamageCounter
{
    /// <summary>Damaged values since <see cref="Reset"/>.</summary>
    public int Values { get; private set; }

    /// <summary>Values that fit no type, since <see cref="Reset"/>: something else was written.</summary>
    public int Unfit { get; private set; }

    /// <summary>Starts anew.</summary>
    public void Reset() => Values = Unfit = 0;

    /// <summary>Counts a value that fits no type.</summary>
    public void CountUnfit() => Unfit++;

    /// <summary>Counts a value if it is damaged.</summary>
    public void Count(bool damaged)
    {
        if (damaged)
        {
            Values++;
        }
    }
}
