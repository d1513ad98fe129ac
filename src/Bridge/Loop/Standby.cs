using CanalBridge.Kafka;
using CanalBridge.Loop.Publish;
using CanalBridge.Positions;
using CanalBridge.Telemetry;
using CanalBridge.Waiting;

namespace CanalBridge.Loop;

/// <summary>Waits beside the owner of a destination until that has been silent for long enough to be dead.</summary>
/// <remarks>
/// Judged by what changes in Kafka and by the own clock that only moves forward: clocks of two machines are not compared. An owner commits its position
/// every <see cref="BatchPublisher.OwnerInterval"/> at the least, and a commit may take as long as Kafka:TransactionTimeout.
/// </remarks>
internal sealed class Standby(IPositionStore positions, TimeSpan transactionTimeout, IWaitWitness witness, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    /// <summary>Silence after which the owner is taken for dead.</summary>
    public TimeSpan LongestSilence { get; } = transactionTimeout + (3 * BatchPublisher.OwnerInterval);

    /// <summary>Returns when the owner has been silent for <see cref="LongestSilence"/>, or the process is to stop.</summary>
    public async Task WaitForSilenceAsync(CancellationToken cancellationToken)
    {
        (Guid, DateTimeOffset)? last = null;
        long since = time.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested && time.GetElapsedTime(since) < LongestSilence)
        {
            witness.Alive();
            try
            {
                StoredPosition? found = positions.ReadCommitted(cancellationToken);
                (Guid Owner, DateTimeOffset Time)? now = found is null ? null : (found.Owner, found.Time);
                if (last is null || now != last)
                {
                    last = now ?? (Guid.Empty, default);
                    since = time.GetTimestamp();
                }
            }
            catch (KafkaFaultException e) when (e.Reaction != Reaction.Stop)
            {
                // Nobody can be judged while Kafka is away: the owner cannot write either.
                witness.Waits(e.Message);
                since = time.GetTimestamp();
            }

            await Task.Delay(LookInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
