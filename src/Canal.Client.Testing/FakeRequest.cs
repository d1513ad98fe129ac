namespace Canal.Client.Testing;

/// <summary>What a client sent.</summary>
/// <param name="Connection">Number of the connection, from 1.</param>
/// <param name="Kind">Packet type in Canal's words, such as <c>GET</c> or <c>CLIENTROLLBACK</c>.</param>
/// <param name="BatchId">Of an ack or rollback; otherwise 0.</param>
/// <param name="FetchSize">Of a GET; otherwise 0.</param>
/// <param name="Timeout">Of a GET as sent, -1 for "at once"; null when it was left out.</param>
/// <param name="Unit">Of a GET as sent, 2 for milliseconds; null when it was left out.</param>
/// <param name="Filter">Of a subscription; otherwise empty.</param>
/// <param name="IdleTimeoutMilliseconds">Of a login; otherwise 0.</param>
public sealed record FakeRequest(
    int Connection, string Kind, long BatchId = 0, int FetchSize = 0, long? Timeout = null, int? Unit = null, string Filter = "", int IdleTimeoutMilliseconds = 0);
