using CanalBridge.Waiting;

namespace CanalBridge.UnitTests;

/// <summary>Keeps what it is told of waits.</summary>
internal sealed class WaitWitness : IWaitWitness
{
    public int Alive { get; private set; }

    public List<string> Reasons { get; } = [];

    void IWaitWitness.Alive() => Alive++;

    void IWaitWitness.Waits(string reason) => Reasons.Add(reason);
}
