using Canal.Client.Protocol;
using Canal.Client.Wire;

namespace Canal.Client;

/// <summary>One TCP connection to one Canal server: plain requests, one at a time.</summary>
/// <remarks>
/// Order of calls: <see cref="ConnectAsync(CanalEndpoint, CanalClientOptions, CancellationToken)"/>, <see cref="SubscribeAsync"/>,
/// usually <see cref="RollbackAsync"/> with 0, then gets and acks. Requests with an answer come from one caller at a time; ack and
/// rollback may come from another. Nothing is retried and nothing guards against another consumer of the destination:
/// <see cref="CanalSession"/> does that. The connection breaks once; every later call throws the first cause. A request cancelled
/// while its answer is due leaves the connection fit for acks and rollbacks only.
/// </remarks>
public sealed class CanalConnection : IAsyncDisposable
{
    private readonly Channel _channel;
    private readonly CanalClientOptions _options;

    private CanalConnection(Channel channel, CanalClientOptions options)
    {
        _channel = channel;
        _options = options;
    }

    /// <summary>The server connected to.</summary>
    public CanalEndpoint Endpoint => _channel.Endpoint;

    /// <summary>Answers due.</summary>
    internal int AnswersDue => _channel.Expected;

    /// <summary>The connection is of no use any more.</summary>
    internal bool IsBroken => _channel.IsBroken;

    /// <summary>Once disposed: GETs without an answer that the server may still execute.</summary>
    internal int GetsLeftBehind => _channel.GetsLeftBehind;

    /// <summary>Connects and logs in. A login is sent also without user name: it carries the idle time-outs.</summary>
    /// <exception cref="ArgumentException">The options cannot be used.</exception>
    /// <exception cref="CanalConnectionException">No connection, or no answer in time.</exception>
    /// <exception cref="CanalServerException">The login was refused.</exception>
    /// <exception cref="CanalProtocolException">No Canal server answers there.</exception>
    public static Task<CanalConnection> ConnectAsync(CanalEndpoint endpoint, CanalClientOptions options, CancellationToken cancellationToken = default) =>
        ConnectAsync(endpoint, options, TimeProvider.System, cancellationToken);

    internal static async Task<CanalConnection> ConnectAsync(CanalEndpoint endpoint, CanalClientOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid();
        Channel? channel = await Channel.ConnectAsync(endpoint, options, time, cancellationToken).ConfigureAwait(false);
        try
        {
            Answer handshake = await channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            byte[] login;
            using (handshake.Frame)
            {
                login = AuthenticationPacket.Build(options, HandshakePacket.ReadSeed(handshake.Packet, endpoint.ToString()));
            }

            var connection = new CanalConnection(channel, options);
            await connection.ConfirmAsync(login, Requests.Login, cancellationToken).ConfigureAwait(false);
            channel = null;
            return connection;
        }
        finally
        {
            if (channel is not null)
            {
                await channel.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Registers the client id with the destination and starts a lazy instance. Rolls nothing back.</summary>
    /// <param name="filter">Replaces the server's table filter for every client; null or empty leaves it alone.</param>
    /// <param name="cancellationToken">Leaves the connection fit for acks only.</param>
    /// <exception cref="CanalServerException">Refused, often because the destination does not run there.</exception>
    public Task SubscribeAsync(string? filter = null, CancellationToken cancellationToken = default) =>
        ConfirmAsync(SubscriptionPacket.Subscribe(_options, filter ?? ""), Requests.Subscribe, cancellationToken);

    /// <summary>Asks whether the destination runs on this server and knows the client id. Subscribes nothing, touches no batch, no cursor and no filter.</summary>
    /// <remarks>
    /// The protocol has no such request: this is the ack of a batch that cannot exist, which the server refuses in every state, saying why, before it
    /// changes anything. It logs that refusal. Source: canal e20e4424, CanalServerWithEmbedded.ack, MemoryMetaManager.removeBatch and ZooKeeperMetaManager.removeBatch
    /// (the last compares with the oldest batch before it looks whether there is such a one).
    /// </remarks>
    /// <exception cref="CanalServerException">Refused for another reason.</exception>
    public async Task<CanalDestinationState> ProbeAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await ConfirmAsync(SettlementPackets.Ack(_options, long.MaxValue), Requests.Probe, cancellationToken).ConfigureAwait(false);
        }
        catch (CanalServerException e) when (e.IsDestinationNotRunning)
        {
            return CanalDestinationState.NotRunning;
        }
        catch (CanalServerException e) when (e.IsNotSubscribed)
        {
            return CanalDestinationState.NotSubscribed;
        }
        catch (CanalServerException e) when (e.IsBatchGone || e.IsBatchNotFirst)
        {
            return CanalDestinationState.Subscribed;
        }

        throw new CanalProtocolException($"Canal {Endpoint} took the ack of a batch that cannot exist; expected a refusal.");
    }

    /// <summary>Removes the client id and its cursor from the server. Not for shutdown: after a server restart data would be missing.</summary>
    /// <exception cref="CanalServerException">Refused.</exception>
    public Task UnsubscribeAsync(CancellationToken cancellationToken = default) =>
        ConfirmAsync(SubscriptionPacket.Unsubscribe(_options), Requests.Unsubscribe, cancellationToken);

    /// <summary>Gets a batch and acks it at once: at most once. What the caller then loses is not sent again.</summary>
    /// <inheritdoc cref="GetWithoutAckAsync"/>
    public async Task<CanalBatch> GetAsync(int fetchSize, TimeSpan? wait = null, CancellationToken cancellationToken = default)
    {
        CanalBatch batch = await GetWithoutAckAsync(fetchSize, wait, cancellationToken).ConfigureAwait(false);
        if (batch.IsEmpty)
        {
            return batch;
        }

        try
        {
            await AckAsync(batch.Id, cancellationToken).ConfigureAwait(false);
            CanalBatch acked = batch;
            batch = CanalBatch.Empty;
            return acked;
        }
        finally
        {
            batch.Dispose();
        }
    }

    /// <summary>Gets a batch; ack it when its entries are safe. The caller disposes of it.</summary>
    /// <param name="fetchSize">KiB in Canal's default batch mode (MEMSIZE; exceeded by up to one entry), entries in ITEMSIZE. At least 1.</param>
    /// <param name="wait">How long the server may wait until the size is reached in full; null or zero: it answers at once with what it has.</param>
    /// <param name="cancellationToken">Leaves the connection fit for acks only; the batch then comes again after a rollback.</param>
    /// <returns>The batch; empty when nothing was waiting.</returns>
    /// <exception cref="CanalServerException">Refused.</exception>
    public async Task<CanalBatch> GetWithoutAckAsync(int fetchSize, TimeSpan? wait = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fetchSize, 1);
        ThrowIfAnswerDue();
        await PostGetAsync(GetPacket.Build(_options, fetchSize, wait), wait ?? TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        return await ReadBatchAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Acks a batch. Sent, not confirmed: a refusal comes with the next request.</summary>
    /// <param name="batchId">The oldest batch not acked: the server refuses any other.</param>
    /// <param name="cancellationToken">Before it is sent; never half sent.</param>
    public ValueTask AckAsync(long batchId, CancellationToken cancellationToken = default) =>
        _channel.SettleAsync(SettlementPackets.Ack(_options, batchId), "CLIENTACK", cancellationToken);

    /// <summary>Lets the server send batches again. Sent, not confirmed.</summary>
    /// <param name="batchId">0 for all of them. Any other only while it is the single one outstanding: the server moves back for all, yet keeps the others.</param>
    /// <param name="cancellationToken">Before it is sent; never half sent.</param>
    public ValueTask RollbackAsync(long batchId = 0, CancellationToken cancellationToken = default) =>
        _channel.SettleAsync(SettlementPackets.Rollback(_options, batchId), "CLIENTROLLBACK", cancellationToken);

    /// <summary>Closes the connection; what was sent arrives. Un-acked batches stay outstanding until the next rollback.</summary>
    public Task DisconnectAsync() => DisposeAsync().AsTask();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    internal ValueTask PostGetAsync(byte[] frame, TimeSpan wait, CancellationToken cancellationToken) =>
        _channel.RequestAsync(frame, Requests.Get, PacketType.Messages, wait, cancellationToken);

    internal async ValueTask<CanalBatch> ReadBatchAsync(CancellationToken cancellationToken)
    {
        Answer answer = await _channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CanalBatch batch = MessagesPacket.Read(answer.Frame.Memory, answer.Packet, answer.Frame, Endpoint.ToString());
            if (!batch.IsEmpty)
            {
                return batch;
            }
        }
        catch (CanalProtocolException e)
        {
            answer.Frame.Dispose();
            throw _channel.Break(e);
        }

        answer.Frame.Dispose();
        return CanalBatch.Empty;
    }

    internal CanalException BreakOff(CanalException cause) => _channel.BreakOff(cause);

    internal void ThrowIfUnusable() => _channel.ThrowIfUnusable();

    private async Task ConfirmAsync(byte[] frame, string request, CancellationToken cancellationToken)
    {
        ThrowIfAnswerDue();
        await _channel.RequestAsync(frame, request, PacketType.Ack, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        Answer answer = await _channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        answer.Frame.Dispose();
    }

    private void ThrowIfAnswerDue()
    {
        _channel.ThrowIfUnusable();
        if (_channel.Expected > 0)
        {
            throw new InvalidOperationException(
                $"An earlier request to Canal {Endpoint} was cancelled or is still under way, and its answer would be taken for this one's; open a new connection.");
        }
    }
}
