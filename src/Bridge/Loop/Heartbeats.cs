using CanalBridge.Loop.Map;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using CanalBridge.Serialization.Output;

namespace CanalBridge.Loop;

/// <summary>Debezium's heartbeat records, one for each <c>Envelope:HeartbeatInterval</c>.</summary>
internal sealed class Heartbeats(BridgeOptions options, BatchMapper mapper, BatchPublisher publisher, TimeProvider time)
{
    private readonly Interval _interval = new(options.Envelope.HeartbeatInterval, time);

    /// <summary>Sends one if it is due.</summary>
    /// <param name="records">Room for it; what it holds is thrown away.</param>
    /// <param name="cancellationToken">Ends the waiting for Kafka.</param>
    public void SendDue(RecordBuffer records, CancellationToken cancellationToken)
    {
        if (!_interval.IsDue)
        {
            return;
        }

        records.Clear();
        mapper.MapHeartbeat(options.HeartbeatTopic, records);
        publisher.SendHeartbeat(records, cancellationToken);
        _interval.Restart();
    }
}
