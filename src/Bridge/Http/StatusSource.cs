using CanalBridge.Health;
using CanalBridge.Telemetry;

namespace CanalBridge.Http;

/// <summary>What the HTTP side tells about.</summary>
internal sealed class StatusSource
{
    public required IReadOnlyList<DestinationHealth> Destinations { get; init; }

    public required ProgramInfo Program { get; init; }

    /// <summary><c>Http:LivenessTimeout</c>.</summary>
    public required TimeSpan LivenessTimeout { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>The process was asked to stop: not ready from that moment, whatever the loop still does.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>Every destination as it is now.</summary>
    public DestinationSnapshot[] Read() => [.. Destinations.Select(static d => d.Read())];
}
