using Canal.Client;
using CanalBridge.Health;
using CanalBridge.Waiting;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Telemetry;

/// <summary>Is told each fact of a destination once, and tells whoever shows it: metrics, health, progress and log.</summary>
internal sealed class DestinationWitness : IWaitWitness
{
    private readonly string _destination;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProgressLog _progress;

    /// <param name="destination">Canal destination.</param>
    /// <param name="owner">Name of this process beside the position.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    public DestinationWitness(string destination, Guid owner, TimeProvider time, ILogger logger)
    {
        _destination = destination;
        _time = time;
        _logger = logger;
        _progress = new ProgressLog(destination, time, logger);
        Owner = owner;
        Metrics = new BridgeMetrics(destination);
        Health = new DestinationHealth(destination, owner, time);
    }

    /// <summary>Name of this process beside the position; a new one at each start.</summary>
    public Guid Owner { get; }

    /// <summary>What the destination is doing, for probes and pages.</summary>
    public DestinationHealth Health { get; }

    /// <summary>What happened so far, counted.</summary>
    public BridgeMetrics Metrics { get; }

    /// <summary>A Kafka transaction was committed.</summary>
    public event Action? WhenCommitted;

    /// <summary>Canal has nothing more, and all that it gave is committed.</summary>
    public event Action? WhenCaughtUp;

    /// <inheritdoc />
    public void Alive() => Health.Beat();

    /// <inheritdoc />
    public void Waits(string reason) => Health.Waits(reason);

    /// <summary>The destination is in another state.</summary>
    public void Enters(DestinationState state) => Health.Enter(state);

    /// <summary>This process is the owner, and the claim is committed.</summary>
    /// <param name="position">Where an earlier process has left off; null for none.</param>
    /// <param name="since">When that was.</param>
    public void Owns(string? position, DateTimeOffset since) => Health.Own(position, since);

    /// <summary>Another process owns the destination.</summary>
    public void IsReplaced(string reason)
    {
        Health.Disown();
        Health.Failed(reason);
        Health.Enter(DestinationState.Standby);
        _progress.Trouble();
    }

    /// <summary>The producer was given up; a new one follows after a pause.</summary>
    /// <param name="step">Where it failed.</param>
    /// <param name="reason">Why.</param>
    /// <param name="pause">Until the next.</param>
    public void ProducerLost(string step, string reason, TimeSpan pause)
    {
        Metrics.ProducerReplaced(step);
        Health.Failed(reason);
        Health.Enter(DestinationState.Recovering);
        _progress.Trouble();
        Log.Recycling(_logger, reason, _destination, pause);
    }

    /// <summary>A Canal session is open.</summary>
    public void SessionOpened(string endpoint) => Health.Connected(endpoint);

    /// <summary>A Canal session has ended by a failure.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="reason">The failure in a word, for counting.</param>
    /// <param name="code">What the server refused with; null for no answer.</param>
    /// <param name="isOtherConsumer">Another reader takes batches away: the next answer is no recovery.</param>
    /// <param name="position">Place of the last entry taken.</param>
    public void SessionLost(CanalException failure, string reason, string? code, bool isOtherConsumer, string position)
    {
        Log.CanalSessionLost(_logger, _destination, failure.Message);
        Health.Failed(failure.Message);
        Metrics.SessionLost(reason, code);
        if (isOtherConsumer)
        {
            Log.OtherConsumer(_logger, _destination, position);
        }
        else
        {
            _progress.Trouble();
        }
    }

    /// <summary>A batch became records that were sent.</summary>
    /// <param name="received">Its rows.</param>
    /// <param name="filtered">Of them, left out.</param>
    /// <param name="duplicates">Of them, taken before.</param>
    /// <param name="records">Its records.</param>
    /// <param name="newest">Binlog time of its newest new row, ms; 0 for none.</param>
    /// <param name="inFlight">Rows of all batches in the open transaction.</param>
    /// <param name="unacked">Batches without their ack.</param>
    public void Took(int received, int filtered, int duplicates, int records, long newest, long inFlight, int unacked) => Health.Took(
        received, filtered, duplicates, records, newest == 0 ? null : Age(newest), inFlight, unacked, isNews: received > duplicates || records > 0);

    /// <summary>Records were handed to Kafka.</summary>
    public void Sent(int records, TimeSpan duration) => Metrics.RecordsSent(records, duration);

    /// <summary>A transaction is committed.</summary>
    /// <param name="rows">Rows in it.</param>
    /// <param name="records">Records in it.</param>
    /// <param name="batches">Batches that it covers.</param>
    /// <param name="position">Everything up to here is in Kafka.</param>
    /// <param name="lag">Age of its newest row; null where it has none.</param>
    /// <param name="wasLate">Kafka took so long that its answer ends an outage.</param>
    public void Committed(long rows, int records, int batches, string position, TimeSpan? lag, bool wasLate)
    {
        if (wasLate)
        {
            _progress.Trouble();
        }

        Log.Committed(_logger, records, batches, _destination, position);
        WhenCommitted?.Invoke();
        if (records == 0)
        {
            // Only rows that are left out, or that were published before, or none: up to them nothing is late.
            Health.Passed(lag);
            return;
        }

        TimeSpan age = lag ?? TimeSpan.Zero;
        Metrics.RowsCommitted(rows, age);
        Health.Committed(rows, position, age);
        _progress.Committed(records, position, age);
    }

    /// <summary>What was committed is acknowledged.</summary>
    /// <param name="position">Up to here.</param>
    /// <param name="unacked">Batches without their ack that are left.</param>
    public void Settled(string position, int unacked)
    {
        Health.Settled(unacked);
        _progress.AllIsWell(position);
    }

    /// <summary>The batches of a session that has ended come again.</summary>
    public void BatchesForgotten() => Health.Settled(unacked: 0);

    /// <summary>Rows that were sent are given up, or may have been: Canal delivers them again.</summary>
    public void Returned(long rows)
    {
        Metrics.RowsReturned(rows);
        Health.Returned(rows);
    }

    /// <summary>Canal has nothing more, and all that it gave is committed.</summary>
    /// <param name="position">Place of the last entry taken; null for none.</param>
    public void CaughtUp(string? position)
    {
        _progress.Idle(position ?? "Canal's own cursor");
        Health.CaughtUp(position);
        WhenCaughtUp?.Invoke();
    }

    /// <summary>The session was lost while the last batches were acknowledged, and the process stops.</summary>
    public void AckLostAtStop(string reason) => Log.AckLostAtStop(_logger, _destination, reason);

    /// <summary>Bytes in the client's queue.</summary>
    public void Queued(long bytes) => Health.Queued(bytes);

    /// <summary>The loop ends by a fault.</summary>
    public void Failed(string reason)
    {
        Health.Failed(reason);
        Health.Enter(DestinationState.Failed);
    }

    private TimeSpan Age(long milliseconds)
    {
        TimeSpan age = _time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return age < TimeSpan.Zero ? TimeSpan.Zero : age;
    }
}
