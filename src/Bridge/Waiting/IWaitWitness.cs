namespace CanalBridge.Waiting;

/// <summary>Who is told while the loop waits for somebody else.</summary>
internal interface IWaitWitness
{
    /// <summary>The waiting code still runs. Called in each turn of a wait.</summary>
    void Alive();

    /// <summary>The wait is long enough to be told: for whom, and why.</summary>
    /// <param name="reason">One sentence without row values and credentials.</param>
    void Waits(string reason);
}
