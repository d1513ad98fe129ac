using System.Diagnostics.Metrics;
using CanalBridge.Health;

namespace CanalBridge.Telemetry;

/// <summary>The gauges: read from a destination's health when somebody asks.</summary>
internal sealed class HealthMetrics : IDisposable
{
    private static readonly DestinationState[] States = Enum.GetValues<DestinationState>();

    private readonly Meter _meter = new(BridgeMetrics.MeterName);
    private readonly DestinationHealth _health;
    private readonly KeyValuePair<string, object?> _destination;

    /// <param name="health">Read at each collection.</param>
    /// <param name="program">What this process is.</param>
    public HealthMetrics(DestinationHealth health, ProgramInfo program)
    {
        _health = health;
        DestinationSnapshot now = health.Read();
        _destination = new("canal_bridge.destination", now.Destination);
        _meter.CreateObservableGauge("canal_bridge.destination.state", ObserveState, description: "1 for the state that the destination is in, 0 for the others");
        _meter.CreateObservableGauge("canal_bridge.destination.owner", ObserveOwner, description: "1 while this process owns the destination, as far as it knows");
        Gauge("canal_bridge.source.lag", "s", "Age of the newest row received, at its receipt; 0 when Canal has nothing more", static s => s.SourceLag.TotalSeconds);
        Gauge("canal_bridge.delivery.lag", "s", "0 while all that Canal gave is committed and it has nothing more; else the age of the newest committed row, or the time since all was well, whichever is less", static s => s.DeliveryLag.TotalSeconds);
        Gauge("canal_bridge.source.silence", "s", "Since Canal sent a change", static s => s.SourceSilence.TotalSeconds);
        Gauge("canal_bridge.rows.in_flight", "{row}", "Rows in the open Kafka transaction", static s => s.Rows.InFlight);
        Gauge("canal_bridge.rows.unaccounted", "{row}", "Rows received that are neither committed, filtered, duplicates, returned nor in flight; must be 0", static s => s.Rows.Unaccounted);
        Gauge("canal_bridge.batches.unacked", "{batch}", "Canal batches fetched and not acknowledged", static s => s.UnackedBatches);
        Gauge("canal_bridge.batches.unacked.age", "s", "Age of the oldest of them", static s => s.OldestUnacked.TotalSeconds);
        Gauge("canal_bridge.kafka.queue.size", "By", "Values of the records in the Kafka client's queue, by its own statistics", static s => s.QueueBytes);
        Gauge("canal_bridge.memory.budget", "By", "Delivery:MemoryBudgetBytes", _ => program.MemoryBudget);
        Gauge("canal_bridge.memory.used", "By", "Working set of the process", static _ => ProcessMemory.Used);
        Gauge("canal_bridge.memory.limit", "By", "Limit of the container or control group; 0 where there is none", static _ => ProcessMemory.Limit);
        Gauge("canal_bridge.start_time", "s", "Unix time of the start", _ => program.StartedAt.ToUnixTimeMilliseconds() / 1000.0);
        Info("canal_bridge.build.info", "1; its label is the version", "version", program.Version);
        Info("canal_bridge.config.info", "1; its label is a hash of all options but secrets", "hash", program.ConfigHash);
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string unit, string description, Func<DestinationSnapshot, double> read) =>
        _meter.CreateObservableGauge(name, () => new Measurement<double>(read(_health.Read()), _destination), unit, description);

    private void Info(string name, string description, string label, string value) =>
        _meter.CreateObservableGauge(name, () => new Measurement<int>(1, _destination, new(label, value)), description: description);

    private IEnumerable<Measurement<int>> ObserveState()
    {
        DestinationState now = _health.Read().State;
        return [.. States.Select(state => new Measurement<int>(state == now ? 1 : 0, _destination, new("state", state.Name())))];
    }

    private Measurement<int> ObserveOwner()
    {
        DestinationSnapshot now = _health.Read();
        return new Measurement<int>(now.IsOwner ? 1 : 0, _destination, new("owner", now.Owner.ToString()), new("host", Environment.MachineName));
    }
}
