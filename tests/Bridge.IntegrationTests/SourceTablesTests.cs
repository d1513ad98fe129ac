using CanalBridge.Options;
using CanalBridge.Serialization;
using CanalBridge.Source;
using CanalBridge.Testing.Peers;
using Microsoft.Extensions.Logging.Testing;
using MySqlConnector;

namespace CanalBridge.IntegrationTests;

/// <summary>The source, asked as the bridge asks it, on a real MariaDB.</summary>
public sealed class SourceTablesTests(SharedPeers shared)
{
    private readonly FakeLogCollector _logs = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Source_tells_how_a_table_is_and_which_is_gone()
    {
        PeerStack peers = await shared.GetAsync();
        await ExecuteAsync(peers, "CREATE DATABASE asked_it CHARACTER SET latin1; CREATE TABLE asked_it.`odd``name` (id INT PRIMARY KEY)");
        SourceTables source = Source(peers.ConnectionString);

        source.Probe(Stop);

        Assert.Contains("PRIMARY KEY (`id`)", source.ShowCreateTable("asked_it", "odd`name", "", Stop), StringComparison.Ordinal);
        Assert.Null(source.ShowCreateTable("asked_it", "gone", "", Stop));
        Assert.Null(source.ShowCreateTable("gone", "gone", "", Stop));
        Assert.Equal("latin1", source.DatabaseCharset("asked_it", Stop));
        Assert.Equal([3006, 3007, 3007], _logs.GetSnapshot().Select(static line => line.Id.Id));
    }

    [Fact]
    public async Task Account_that_logs_in_by_ed25519_is_told_at_the_start_and_ends_the_bridge_where_it_is_needed()
    {
        PeerStack peers = await shared.GetAsync();
        await ExecuteAsync(peers, "INSTALL SONAME 'auth_ed25519'");
        await ExecuteAsync(peers, "CREATE USER ed25519_it IDENTIFIED VIA ed25519 USING PASSWORD('x'); GRANT SELECT ON *.* TO ed25519_it");
        SourceTables source = Source(new MySqlConnectionStringBuilder(peers.ConnectionString) { UserID = "ed25519_it", Password = "x" }.ConnectionString);

        source.Probe(Stop);
        var fault = Assert.Throws<SourceUnavailableException>(() => source.ShowCreateTable("mysql", "plugin", "", Stop));

        Assert.Equal(3011, Assert.Single(_logs.GetSnapshot()).Id.Id);
        Assert.Equal(ExitCode.Source, ExitCode.Of(fault));
        Assert.Contains("ed25519", fault.Message, StringComparison.Ordinal);
    }

    private SourceTables Source(string connectionString) =>
        new(new SourceOptions { Kind = SourceKind.MariaDb, ConnectionString = connectionString }, TimeProvider.System, new FakeLogger(_logs));

    private static async Task ExecuteAsync(PeerStack peers, string statements)
    {
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(Stop);
        await Sql.ExecuteAsync(connection, statements);
    }
}
