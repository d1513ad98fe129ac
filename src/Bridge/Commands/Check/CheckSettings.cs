namespace CanalBridge.Commands.Check;

/// <summary>What the command line of <c>check</c> says.</summary>
/// <param name="Read">A row is read although a bridge or another client may be reading the destination.</param>
/// <param name="Create">The bridge's own topics are created as <c>run</c> would at its start.</param>
/// <param name="Wait">How long the first row is waited for.</param>
internal sealed record CheckSettings(bool Read, bool Create, TimeSpan Wait)
{
    /// <summary>Limit of one step on a peer that does not answer.</summary>
    public TimeSpan StepLimit { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Limit of all of it: what is not done by then is told as such.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(55);
}
