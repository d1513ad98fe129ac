namespace CanalBridge.Waiting;

/// <summary>Passes on to a witness that is made later than who tells it.</summary>
internal sealed class DeferredWitness(Func<IWaitWitness> witness) : IWaitWitness
{
    /// <inheritdoc />
    public void Alive() => witness().Alive();

    /// <inheritdoc />
    public void Waits(string reason) => witness().Waits(reason);
}
