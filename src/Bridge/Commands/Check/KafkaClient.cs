using System.Collections.Concurrent;
using CanalBridge.Kafka;
using CanalBridge.Options;
using Confluent.Kafka;

namespace CanalBridge.Commands.Check;

/// <summary>An admin client that keeps what the client library says beside its calls: a refused login, for instance, is no call's answer.</summary>
internal sealed class KafkaClient : IDisposable
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<Error> _errors = new();

    /// <exception cref="InvalidOperationException">librdkafka does not know a setting, or not its value.</exception>
    /// <exception cref="ArgumentException">The same.</exception>
    public KafkaClient(BridgeOptions options)
    {
        Admin = new AdminClientBuilder(KafkaClientConfig.Admin(options))
            .SetErrorHandler((_, error) => _errors.Enqueue(error)).SetLogHandler(static (_, _) => { }).Build();
    }

    public IAdminClient Admin { get; }

    /// <summary>Asks for the brokers until they are told, the library says what is wrong, or the time is over.</summary>
    /// <returns>The metadata, or the error that says why not.</returns>
    public (Metadata? Metadata, Error? Error) Connect(TimeSpan limit, CancellationToken cancellationToken)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return (Admin.GetMetadata(Slice), null);
            }
            catch (KafkaException e)
            {
                if (_errors.FirstOrDefault(IsTelling) is { } telling)
                {
                    return (null, telling);
                }

                if (TimeProvider.System.GetElapsedTime(started) > limit)
                {
                    // The last word of a broker says more than that all of them are down.
                    return (null, _errors.LastOrDefault(static error => error.Code != ErrorCode.Local_AllBrokersDown) ?? e.Error);
                }
            }
        }
    }

    public void Dispose() => Admin.Dispose();

    /// <summary>What does not get better by waiting. A listener that wants something else than was spoken hangs up, and the library guesses why.</summary>
    private static bool IsTelling(Error error) =>
        FaultPolicy.IsRefusedLogin(error) || error.Code is ErrorCode.Local_Ssl or ErrorCode.UnsupportedSaslMechanism or ErrorCode.IllegalSaslState
        || IsOtherProtocol(error);

    /// <summary>Whether the listener hung up in a way that the library takes for a wrong security.protocol.</summary>
    public static bool IsOtherProtocol(Error error) => error.Reason.Contains("security.protocol", StringComparison.Ordinal);
}
