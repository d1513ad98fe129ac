using CanalBridge.Waiting;

namespace CanalBridge.Testing;

/// <summary>Keeps what it is told, for one thread.</summary>
internal sealed class FakeWitness : IWaitWitness
{
    /// <summary>Turns of all waits.</summary>
    public int Turns { get; private set; }

    /// <summary>Waits that were told.</summary>
    public List<string> Reasons { get; } = [];

    public void Alive() => Turns++;

    public void Waits(string reason) => Reasons.Add(reason);
}
