namespace CanalBridge.Commands.Check;

/// <summary>How a step went.</summary>
internal enum CheckStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>The bridge can run, but an operator should look.</summary>
    Warning,

    /// <summary>The bridge cannot run, or not rightly.</summary>
    Failed,

    /// <summary>Not looked at, and why.</summary>
    Skipped,
}
