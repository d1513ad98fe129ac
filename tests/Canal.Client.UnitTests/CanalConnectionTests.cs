using System.Net;
using System.Net.Sockets;
using Canal.Client.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Canal.Client.UnitTests;

public sealed class CanalConnectionTests : IAsyncDisposable
{
    private readonly FakeCanalServer _server = new("example");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Right_password_logs_in()
    {
        (_server.Username, _server.Password) = ("canal", "s3cr3t-Pässw0rd");

        await using CanalConnection connection = await TestSessions.ConnectAsync(_server, o => (o.Username, o.Password) = ("canal", "s3cr3t-Pässw0rd"));

        Assert.Equal(_server.Endpoint, connection.Endpoint);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("canal", "wrong")]
    [InlineData("alice", "secret")]
    public async Task Wrong_login_is_refused_for_good_and_told_without_credentials(string user, string password)
    {
        (_server.Username, _server.Password) = ("canal", "secret");

        var e = await Assert.ThrowsAsync<CanalServerException>(() => TestSessions.ConnectAsync(_server, o => (o.Username, o.Password) = (user, password)));

        Assert.False(e.IsTransient);
        Assert.DoesNotContain(user, e.Message.Replace(_server.Endpoint.ToString(), "", StringComparison.Ordinal).Replace("Canal", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(password, e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Failed_login_leaves_no_connection_open()
    {
        _server.Password = "secret";

        await Assert.ThrowsAsync<CanalServerException>(() => TestSessions.ConnectAsync(_server));

        await TestSessions.UntilAsync(() => _server.OpenConnections == 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Subscription_carries_the_filter()
    {
        await using CanalConnection connection = await TestSessions.ConnectAsync(_server);

        await connection.SubscribeAsync(@"shop\..*");

        Assert.Equal(@"shop\..*", _server.Requests[^1].Filter);
    }

    [Fact(Timeout = 60_000)]
    public async Task Get_without_ack_leaves_the_batch_outstanding_until_it_is_acked()
    {
        _server.Append([TestEntries.Insert(1)]);
        await using CanalConnection connection = await SubscribedAsync();

        using CanalBatch batch = await connection.GetWithoutAckAsync(1000);
        int before = _server.BatchesAcked;
        await connection.AckAsync(batch.Id);
        await TestSessions.UntilAsync(() => _server.BatchesAcked == 1);

        Assert.Equal([1L], TestEntries.Offsets(batch));
        Assert.Equal(0, before);
    }

    [Fact(Timeout = 60_000)]
    public async Task Get_acks_at_once()
    {
        _server.Append([TestEntries.Insert(1)]);
        await using CanalConnection connection = await SubscribedAsync();

        using CanalBatch batch = await connection.GetAsync(1000);

        Assert.Equal(1, batch.Id);
        await TestSessions.UntilAsync(() => _server.BatchesAcked == 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Get_without_data_is_empty_and_acks_nothing()
    {
        await using CanalConnection connection = await SubscribedAsync();

        CanalBatch batch = await connection.GetAsync(1000, TimeSpan.FromMilliseconds(1));

        Assert.True(batch.IsEmpty);
        Assert.DoesNotContain(_server.Requests, r => r.Kind == "CLIENTACK");
    }

    [Fact(Timeout = 60_000)]
    public async Task Rollback_brings_the_batch_again()
    {
        _server.Append([TestEntries.Insert(1)]);
        await using CanalConnection connection = await SubscribedAsync();
        (await connection.GetWithoutAckAsync(1000)).Dispose();

        await connection.RollbackAsync();
        using CanalBatch again = await connection.GetWithoutAckAsync(1000);

        Assert.Equal(2, again.Id);
        Assert.Equal([1L], TestEntries.Offsets(again));
    }

    [Fact(Timeout = 60_000)]
    public async Task Unsubscribed_client_is_refused_and_the_connection_lives_on()
    {
        await using CanalConnection connection = await SubscribedAsync();
        await connection.UnsubscribeAsync();

        var e = await Assert.ThrowsAsync<CanalServerException>(() => connection.GetWithoutAckAsync(1000));
        await connection.SubscribeAsync();

        Assert.Equal(("GET", 400, true), (e.Request, e.Code, e.IsTransient));
        Assert.True((await connection.GetWithoutAckAsync(1000)).IsEmpty);
    }

    [Fact(Timeout = 60_000)]
    public async Task Refused_ack_is_not_taken_for_the_answer_to_the_next_get()
    {
        _server.Append([TestEntries.Insert(1)]);
        await using CanalConnection connection = await SubscribedAsync();
        await connection.AckAsync(99);

        var first = await Assert.ThrowsAsync<CanalServerException>(() => connection.GetWithoutAckAsync(1000));
        var later = await Assert.ThrowsAsync<CanalServerException>(() => connection.GetWithoutAckAsync(1000));

        Assert.Contains("is not exist", first.ServerText, StringComparison.Ordinal);
        Assert.Same(first, later);
    }

    [Fact(Timeout = 60_000)]
    public async Task Request_cancelled_while_its_answer_is_due_leaves_acks_only()
    {
        _server.Append([TestEntries.Insert(1)]);
        _server.Append([TestEntries.Insert(2)]);
        await using CanalConnection connection = await SubscribedAsync();
        using CanalBatch batch = await connection.GetWithoutAckAsync(1000);
        _server.IsFrozen = true;
        using var cancel = new CancellationTokenSource();
        Task<CanalBatch> get = connection.GetWithoutAckAsync(1000, null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
        _server.IsFrozen = false;

        await connection.AckAsync(batch.Id);

        await TestSessions.UntilAsync(() => _server.BatchesAcked == 1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.GetWithoutAckAsync(1000));
    }

    [Fact(Timeout = 60_000)]
    public async Task Silent_server_is_given_up_after_the_response_timeout()
    {
        var time = new FakeTimeProvider();
        await using CanalConnection connection = await TestSessions.ConnectAsync(_server, time: time);
        await connection.SubscribeAsync();
        _server.IsFrozen = true;
        long began = time.GetTimestamp();

        Task<CanalBatch> get = connection.GetWithoutAckAsync(1000, TimeSpan.FromSeconds(10));
        await TestSessions.AdvanceUntilOverAsync(time, get);

        var e = await Assert.ThrowsAsync<CanalConnectionException>(() => get);
        Assert.Contains("sent nothing for 00:00:25 while the answer to GET was due", e.Message, StringComparison.Ordinal);
        Assert.InRange(time.GetElapsedTime(began), TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(60));
    }

    [Fact(Timeout = 60_000)]
    public async Task Server_that_never_greets_is_given_up()
    {
        var time = new FakeTimeProvider();
        _server.IsFrozen = true;

        Task<CanalConnection> connecting = TestSessions.ConnectAsync(_server, time: time);
        await TestSessions.UntilAsync(() => _server.ConnectionCount == 1);
        await TestSessions.AdvanceUntilOverAsync(time, connecting);

        await Assert.ThrowsAsync<CanalConnectionException>(() => connecting);
    }

    [Fact(Timeout = 60_000)]
    public async Task Answer_in_segments_of_one_byte_is_read()
    {
        _server.SegmentBytes = 1;
        _server.Append([TestEntries.Insert(1)]);
        await using CanalConnection connection = await SubscribedAsync();

        using CanalBatch batch = await connection.GetWithoutAckAsync(1000);

        Assert.Equal([1L], TestEntries.Offsets(batch));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("FFFFFFFF", "is negative")]
    [InlineData("7FFFFFFF", "exceeds the cap")]
    [InlineData("000000020000", "Malformed Packet")]
    [InlineData("0000000410011801", "HANDSHAKE")]
    [InlineData("0000000418072002", "compression 2")]
    [InlineData("00000002180D", "type 13")]
    public async Task Garbage_breaks_the_connection_with_a_protocol_exception(string hex, string part)
    {
        await using CanalConnection connection = await SubscribedAsync();
        _server.SendInsteadOfNextAnswer(Convert.FromHexString(hex));

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => connection.GetWithoutAckAsync(1000));

        Assert.Contains(part, e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Same(e, await Assert.ThrowsAsync<CanalProtocolException>(() => connection.AckAsync(1).AsTask()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Connection_cut_inside_a_frame_is_lost()
    {
        _server.Append([TestEntries.Insert(1, padBytes: 5000)]);
        _server.CutAfterBytes = 2000;
        await using CanalConnection connection = await SubscribedAsync();

        var e = await Assert.ThrowsAsync<CanalConnectionException>(() => connection.GetWithoutAckAsync(1000));

        Assert.True(e.IsTransient);
    }

    [Fact(Timeout = 60_000)]
    public async Task Connection_closed_by_the_server_is_lost()
    {
        await using CanalConnection connection = await SubscribedAsync();
        _server.CutConnections();

        await Assert.ThrowsAsync<CanalConnectionException>(() => connection.GetWithoutAckAsync(1000));
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_listening_is_a_lost_connection()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endpoint = new CanalEndpoint("127.0.0.1", ((IPEndPoint)socket.LocalEndPoint!).Port);

        var e = await Assert.ThrowsAsync<CanalConnectionException>(() => CanalConnection.ConnectAsync(endpoint, TestSessions.Options(_server)));

        Assert.StartsWith($"Cannot connect to Canal {endpoint}", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Ack_sent_before_closing_arrives()
    {
        _server.Append([TestEntries.Insert(1)]);
        await using (CanalConnection connection = await SubscribedAsync())
        {
            using CanalBatch batch = await connection.GetWithoutAckAsync(1000);
            await connection.AckAsync(batch.Id);
        }

        Assert.Equal(1, _server.BatchesAcked);
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_readers_at_once_are_refused()
    {
        _server.IsFrozen = false;
        await using CanalConnection connection = await SubscribedAsync();
        _server.IsFrozen = true;
        Task<CanalBatch> first = connection.GetWithoutAckAsync(1000);

        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.GetWithoutAckAsync(1000));
        _server.IsFrozen = false;

        Assert.True((await first).IsEmpty);
    }

    [Fact(Timeout = 60_000)]
    public async Task Closed_connection_says_so()
    {
        CanalConnection connection = await SubscribedAsync();
        await connection.DisconnectAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => connection.GetWithoutAckAsync(1000));
    }

    private async Task<CanalConnection> SubscribedAsync()
    {
        CanalConnection connection = await TestSessions.ConnectAsync(_server);
        await connection.SubscribeAsync();
        return connection;
    }
}
