using Microsoft.Extensions.Logging;

namespace Canal.Client;

/// <summary>Every message of this project. Ids 1000 to 1099, never reused.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Canal session open: destination {Destination} at {Endpoint}, client id {ClientId}")]
    public static partial void SessionOpen(ILogger logger, string destination, CanalEndpoint endpoint, int clientId);

    [LoggerMessage(1001, LogLevel.Warning, "No Canal session for destination {Destination} at {Endpoint} (attempt {Attempt}): {Reason} (trying on)")]
    public static partial void AttemptFailed(ILogger logger, string destination, CanalEndpoint endpoint, int attempt, string reason);

    // The same as 1001 while the trouble lasts, so that a long outage does not flood the log.
    [LoggerMessage(1002, LogLevel.Debug, "Still no Canal session for destination {Destination} at {Endpoint} (attempt {Attempt}): {Reason}")]
    public static partial void AttemptFailedAgain(ILogger logger, string destination, CanalEndpoint endpoint, int attempt, string reason);

    [LoggerMessage(1003, LogLevel.Debug, "First batch {BatchId} of destination {Destination} came twice alike: no other consumer is in the way")]
    public static partial void SessionVerified(ILogger logger, string destination, long batchId);

    [LoggerMessage(1004, LogLevel.Warning, "Destination {Destination}: asking for {FetchSize} at a time from now on instead of {Configured}, as an answer was too large or too slow: {Reason}")]
    public static partial void FetchSizeHalved(ILogger logger, string destination, int fetchSize, int configured, string reason);

    [LoggerMessage(1005, LogLevel.Information, "Destination {Destination}: asking for {FetchSize} at a time again; {Configured} is configured")]
    public static partial void FetchSizeDoubled(ILogger logger, string destination, int fetchSize, int configured);
}
