namespace Canal.Client;

/// <summary>What a server says of a destination and a client id.</summary>
public enum CanalDestinationState
{
    /// <summary>The destination is unknown there, stopped, not started yet (lazy), or another node of the cluster runs it.</summary>
    NotRunning,

    /// <summary>It runs there, and the client id has never subscribed.</summary>
    NotSubscribed,

    /// <summary>It runs there, and the client id is registered, by whomever.</summary>
    Subscribed,
}
