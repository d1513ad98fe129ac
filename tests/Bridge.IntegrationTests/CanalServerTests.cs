using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.IntegrationTests;

/// <summary>The client against a real Canal server: the stand-in's expectations, once more.</summary>
public sealed class CanalServerTests(SharedPeers shared)
{
    [Fact]
    public async Task What_was_not_acked_comes_again_and_what_was_acked_does_not()
    {
        PeerStack peers = await shared.GetAsync();
        await ExecuteAsync(peers, "CREATE DATABASE IF NOT EXISTS client_it; CREATE TABLE client_it.again (id INT PRIMARY KEY); INSERT INTO client_it.again VALUES (1)");
        await using (CanalSession first = await OpenAsync(peers))
        {
            await ReadIdsAsync(first, "again", until: 1, ack: true);
            await ExecuteAsync(peers, "INSERT INTO client_it.again VALUES (2)");
            await ReadIdsAsync(first, "again", until: 2, ack: false);
        }

        await using CanalSession second = await OpenAsync(peers);

        Assert.Equal([2], await ReadIdsAsync(second, "again", until: 2, ack: true));
    }

    [Fact]
    public async Task Ack_out_of_order_is_refused_before_it_is_sent()
    {
        PeerStack peers = await shared.GetAsync();
        await ExecuteAsync(peers, "CREATE DATABASE IF NOT EXISTS client_it; CREATE TABLE client_it.ordered (id INT PRIMARY KEY); INSERT INTO client_it.ordered VALUES (1)");
        await using CanalSession session = await OpenAsync(peers);
        using CanalBatch batch = await FetchDataAsync(session);

        await Assert.ThrowsAsync<InvalidOperationException>(() => session.AckAsync(batch.Id + 1).AsTask());

        await session.AckAsync(batch.Id);
    }

    [Fact]
    public async Task Unknown_destination_is_a_passing_refusal()
    {
        PeerStack peers = await shared.GetAsync();
        var options = new CanalClientOptions { Endpoints = CanalEndpoint.ParseList(peers.CanalEndpoints), Destination = "nowhere" };
        await using CanalConnection connection = await CanalConnection.ConnectAsync(options.Endpoints[0], options, TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<CanalServerException>(() => connection.SubscribeAsync("", TestContext.Current.CancellationToken));

        Assert.True(refusal.IsTransient);
    }

    private static Task<CanalSession> OpenAsync(PeerStack peers) => CanalSession.OpenAsync(
        new CanalClientOptions { Endpoints = CanalEndpoint.ParseList(peers.CanalEndpoints), Destination = peers.CanalDestination }, cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<CanalBatch> FetchDataAsync(CanalSession session)
    {
        while (true)
        {
            CanalBatch batch = await session.FetchAsync(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
            if (!batch.IsEmpty)
            {
                return batch;
            }
        }
    }

    private static async Task<List<int>> ReadIdsAsync(CanalSession session, string table, int until, bool ack)
    {
        var ids = new List<int>();
        while (ids.LastOrDefault() != until)
        {
            using CanalBatch batch = await FetchDataAsync(session);
            Collect(batch, table, ids);
            if (ack)
            {
                await session.AckAsync(batch.Id);
            }
        }

        return ids;
    }

    private static void Collect(CanalBatch batch, string table, List<int> ids)
    {
        foreach (CanalEntry entry in batch.Entries)
        {
            if (entry.Type == CanalEntryType.RowData && System.Text.Encoding.UTF8.GetString(entry.Header.TableName) == table)
            {
                foreach (RowData row in entry.ReadRowChange().Rows)
                {
                    foreach (Column column in row.AfterColumns)
                    {
                        ids.Add(int.Parse(column.Value, System.Globalization.CultureInfo.InvariantCulture));
                    }
                }
            }
        }
    }

    private static async Task ExecuteAsync(PeerStack peers, string sql)
    {
        await using var connection = new MySqlConnection(peers.ConnectionString);
        await connection.OpenAsync();
        await Sql.ExecuteAsync(connection, sql);
    }
}
