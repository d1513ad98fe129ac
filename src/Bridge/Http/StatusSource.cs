using System.Reflection;
using CanalBridge.Health;

namespace CanalBridge.Http;

/// <summary>What the HTTP side tells about.</summary>
internal sealed class StatusSource
{
    /// <summary>Program version.</summary>
    public static string Version { get; } = typeof(StatusSource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public required IReadOnlyList<DestinationHealth> Destinations { get; init; }

    /// <summary><c>Delivery:MemoryBudgetBytes</c>.</summary>
    public required long MemoryBudgetBytes { get; init; }

    /// <summary>Hash of all options but secrets.</summary>
    public required string ConfigHash { get; init; }

    /// <summary><c>Http:LivenessTimeout</c>.</summary>
    public required TimeSpan LivenessTimeout { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>When the process began, by that clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The process was asked to stop: not ready from that moment, whatever the loop still does.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>Every destination as it is now.</summary>
    public DestinationSnapshot[] Read() => [.. Destinations.Select(static d => d.Read())];
}
