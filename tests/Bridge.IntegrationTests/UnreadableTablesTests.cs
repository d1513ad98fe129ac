using CanalBridge.Commands.Check;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.IntegrationTests;

/// <summary>Tables that Canal cannot read are found in the catalogue of a real MariaDB.</summary>
public sealed class UnreadableTablesTests(SharedPeers shared)
{
    [Fact]
    public async Task Each_kind_is_found_with_its_cause_and_ordinary_tables_are_not()
    {
        PeerStack peers = await shared.GetAsync();
        await using MySqlConnection connection = await peers.ConnectAsync();
        await Sql.ExecuteAsync(connection, """
            CREATE DATABASE unread_it;
            CREATE TABLE unread_it.versioned (id INT PRIMARY KEY) WITH SYSTEM VERSIONING;
            CREATE TABLE unread_it.versioned_in_sight (id INT PRIMARY KEY, since TIMESTAMP(6) GENERATED ALWAYS AS ROW START,
                until TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (since, until)) WITH SYSTEM VERSIONING;
            CREATE TABLE unread_it.hashed (id INT PRIMARY KEY, url TEXT, UNIQUE (url));
            CREATE TABLE unread_it.hashed_prefix (id INT PRIMARY KEY, url TEXT, UNIQUE (url(20)));
            CREATE TABLE unread_it.in_memory (id INT PRIMARY KEY) ENGINE=MEMORY;
            CREATE TABLE unread_it.invisible (id INT PRIMARY KEY, a INT INVISIBLE);
            CREATE TABLE unread_it.compressed (id INT PRIMARY KEY, a TEXT COMPRESSED);
            CREATE TABLE unread_it.`back``tick` (id INT PRIMARY KEY);
            CREATE TABLE unread_it.ordinary (id INT PRIMARY KEY, a VARCHAR(20) UNIQUE)
            """);

        IReadOnlyList<UnreadableTable> found = await UnreadableTables.FindAsync(connection, TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                new("unread_it.back`tick", Texts.CauseName), new("unread_it.compressed", Texts.CauseCompressed), new("unread_it.hashed", Texts.CauseHash),
                new("unread_it.invisible", Texts.CauseInvisible), new("unread_it.versioned", Texts.CauseVersioned),
            ],
            found.Where(static table => table.Name.StartsWith("unread_it.", StringComparison.Ordinal)).OrderBy(static table => table.Name, StringComparer.Ordinal));
    }
}
