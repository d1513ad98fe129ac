namespace CanalBridge.Loop.Publish;

/// <summary>Something about each of the topics met last: at least 5,000 of them, never more than 10,000.</summary>
/// <remarks>
/// Sources that make tables every day would fill a plain dictionary for as long as the process runs. Two halves, the younger one
/// filling; when it is full it becomes the older one, whose topics are forgotten unless they were met meanwhile.
/// </remarks>
internal sealed class RecentTopics<TValue>
{
    /// <summary>Topics of one half.</summary>
    internal const int Half = 5_000;

    private Dictionary<string, TValue> _young = [];
    private Dictionary<string, TValue> _old = [];

    /// <summary>How many are remembered.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>What was set for the topic last, if it is remembered; meeting it keeps it.</summary>
    public bool TryGet(string topic, out TValue value)
    {
        if (_young.TryGetValue(topic, out value!))
        {
            return true;
        }

        if (!_old.TryGetValue(topic, out value!))
        {
            return false;
        }

        Set(topic, value);
        return true;
    }

    /// <summary>Remembers it.</summary>
    public void Set(string topic, TValue value)
    {
        if (_young.Count >= Half && !_young.ContainsKey(topic))
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young[topic] = value;
        _old.Remove(topic);
    }

    /// <summary>Forgets it.</summary>
    /// <returns>False if it was not remembered.</returns>
    public bool Forget(string topic) => _young.Remove(topic) | _old.Remove(topic);
}
