using System.Globalization;
using CanalBridge.Health;

namespace CanalBridge.Http;

/// <summary>The answers to <c>/livez</c>, <c>/readyz</c> and <c>/healthz</c>: a line for each reason, or none when all is well.</summary>
/// <remarks>Live: restart me if not. Ready: rows flow. Kafka or Canal being away never makes it not live: a restart would not bring them back. It is not ready while Canal is away, and once
/// an outage of Kafka has outlived <c>Kafka:TransactionTimeout</c>; a shorter one shows in the lag.</remarks>
internal static class Probes
{
    public static IEnumerable<string> WhyNotLive(StatusSource status) =>
        from destination in status.Read()
        where destination.State != DestinationState.Stopped && destination.SinceBeat >= status.LivenessTimeout
        select $"{destination.Destination}: the loop has not moved for {Seconds(destination.SinceBeat)} (Http:LivenessTimeout is {Seconds(status.LivenessTimeout)})";

    public static IEnumerable<string> WhyNotReady(StatusSource status) =>
        from destination in status.Read()
        where destination.State != DestinationState.Running || status.Stopping.IsCancellationRequested
        select $"{destination.Destination}: {destination.State.Name()} since {Seconds(status.Time.GetUtcNow() - destination.StateSince)}, {Reason(status, destination.State)}";

    private static string Reason(StatusSource status, DestinationState state) => state switch
    {
        < DestinationState.Stopping when status.Stopping.IsCancellationRequested => "but the process was asked to stop",
        DestinationState.Fencing => "waits for Kafka",
        DestinationState.Connecting => "waits for Canal",
        DestinationState.Recovering => "a producer was given up and a new one comes after a pause",
        DestinationState.Standby => "another process owns the destination",
        DestinationState.Stopping => "finishes the open transaction",
        DestinationState.Stopped => "as asked",
        DestinationState.Failed => "needs a person or a restart: see last_error in /status",
        _ => "nothing was tried yet",
    };

    private static string Seconds(TimeSpan time) => $"{Math.Max(0, (long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture)} s";
}
