using System.Reflection;

namespace CanalBridge.Telemetry;

/// <summary>What this process is.</summary>
/// <param name="StartedAt">When it was started.</param>
/// <param name="ConfigHash">Of all options but secrets: two processes with the same hash run with the same options.</param>
/// <param name="MemoryBudget">Delivery:MemoryBudgetBytes.</param>
internal sealed record ProgramInfo(DateTimeOffset StartedAt, string ConfigHash, long MemoryBudget)
{
    /// <summary>Version and revision.</summary>
    public string Version { get; } = typeof(ProgramInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
