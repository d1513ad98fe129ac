using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>A real Debezium and the bridge read the same database at the same time, with the same options: their records are the same. For what has no golden.</summary>
public sealed partial class BesideDebeziumTests
{
    private const string Debezium = "debez", Bridge = "bridg";

    private const string Tables = """
        CREATE TABLE people (id INT PRIMARY KEY, mail VARCHAR(40), phone CHAR(12) NOT NULL DEFAULT 'none', note TEXT, kind ENUM('private','public'), tags SET('a','b','c'), bio LONGTEXT, born DATE, raw VARBINARY(9), secret VARCHAR(30), price DECIMAL(10,2));
        CREATE TABLE codes (code VARCHAR(12) PRIMARY KEY, `odd name` VARCHAR(90), `5th` INT, data BLOB);
        CREATE TABLE left_out (id INT PRIMARY KEY);
        CREATE TABLE `straße` (id INT PRIMARY KEY, `größe_a` VARCHAR(9));
        """;

    private const string Changes = """
        INSERT INTO people VALUES (1, 'ann@example.org', '0123', 'a note 🙂', 'public', 'a,c', REPEAT('long ', 30), '2024-01-02', x'00ff10', 'hidden', 12.50);
        INSERT INTO people (id) VALUES (2);
        INSERT INTO people VALUES (3, '', '', 'ab🙂', NULL, '', 'x🙂y', '2024-01-02', '', '', 0);
        UPDATE people SET mail = 'bob@example.org', secret = 'still hidden' WHERE id = 1;
        UPDATE people SET id = 4 WHERE id = 2;
        DELETE FROM people WHERE id = 3;
        INSERT INTO codes VALUES ('a long code', 'Zoë', 5, x'fbff'), ('b', NULL, NULL, x'');
        UPDATE codes SET `odd name` = 'two words' WHERE code = 'b';
        INSERT INTO left_out VALUES (1);
        INSERT INTO `straße` VALUES (1, 'klein');
        DELETE FROM codes;
        """;

    /// <summary>Options of Debezium and the same of the bridge.</summary>
    private static readonly (string Debezium, string Bridge, string Value)[] Options =
    [
        ("column.mask.with.4.chars", "Envelope__ColumnMaskWithChars__4", @"beside\.people\.(mail|kind)"),
        ("column.mask.hash.SHA-256.with.salt.pepper", "Envelope__ColumnMaskHashV1__SHA-256", @"beside\.people\.(phone|tags)"),
        ("column.mask.hash.v2.MD5.with.salt.pepper", "Envelope__ColumnMaskHash__MD5", @"beside\.people\.note"),
        ("column.truncate.to.3.chars", "Envelope__ColumnTruncateToChars__3", @"beside\.people\.bio,beside\.codes\.(code|data)"),
        ("column.exclude.list", "Source__ColumnExcludeList", @"beside\.people\.secret,beside\.codes\.5TH"),
        ("table.exclude.list", "Source__TableExcludeList", @"beside\.left.*"),
        ("binary.handling.mode", "Envelope__BinaryHandlingMode", "base64-url-safe"),
        ("schema.name.adjustment.mode", "Envelope__SchemaNameAdjustmentMode", "avro_unicode"),
        ("field.name.adjustment.mode", "Envelope__FieldNameAdjustmentMode", "avro_unicode"),
        ("message.key.columns", "Envelope__MessageKeyColumns", @"beside\.people:id"),
    ];

    [Theory]
    [InlineData("mariadb", true)]
    [InlineData("mysql", false)]
    public async Task Masks_lists_and_names_give_the_same_records(string source, bool schemas)
    {
        await using PeerStack peers = await PeerStack.StartAsync(source, mustBeOurs: true, "connect");
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, "SET time_zone = '+00:00'; CREATE DATABASE beside CHARACTER SET utf8mb4; USE beside");
        await StartDebeziumAsync(peers, schemas);
        await using BridgeProcess bridge = BridgeProcess.Run(
            peers, Bridge,
            [("Envelope__SchemasEnable", schemas ? "true" : "false"), ("Envelope__ColumnMaskSalt", "pepper"), .. Options.Select(static option => (option.Bridge, option.Value))]);
        await bridge.WaitUntilReadingAsync();
        await using var theirs = new CommittedConsumer(peers.BootstrapServers, Debezium);
        await using var ours = new CommittedConsumer(peers.BootstrapServers, Bridge);

        await Sql.ExecuteAsync(connection, Tables + Changes + "CREATE TABLE last_of_all (id INT PRIMARY KEY); INSERT INTO last_of_all VALUES (1);");
        await theirs.WaitForAsync(static record => record.Topic.EndsWith(".last_of_all", StringComparison.Ordinal), static () => "Debezium's.");
        await ours.WaitForAsync(static record => record.Topic.EndsWith(".last_of_all", StringComparison.Ordinal), () => bridge.Output);
        await theirs.ReadToEndAsync();
        await ours.ReadToEndAsync();

        string[] expected = Texts(theirs), actual = Texts(ours);
        Assert.Equal(18, expected.Length);
        Assert.Equal(expected, actual);
        Assert.DoesNotContain(actual, static text => text.Contains("ann@", StringComparison.Ordinal) || text.Contains("hidden", StringComparison.Ordinal) || text.Contains("a note", StringComparison.Ordinal));
    }

    /// <summary>Records of tables by topic, in their order, without what differs between two processes.</summary>
    private static string[] Texts(CommittedConsumer consumer) =>
    [
        .. from record in consumer.Records
           group record by record.Topic into topic
           orderby topic.Key[Debezium.Length..]
           from record in topic
           select Differing().Replace($"{record.Topic} {record.Key} {(record.Value is null ? "null" : Encoding.UTF8.GetString(record.Value))}".Replace(Bridge, Debezium, StringComparison.Ordinal), "$1:0"),
    ];

    /// <summary>Clocks, and the GTID, which Canal does not send outside its GTID mode.</summary>
    [GeneratedRegex("""("ts_ms"|"ts_us"|"ts_ns"|"gtid"):("[^"]*"|\d+|null)""")]
    private static partial Regex Differing();

    private static async Task StartDebeziumAsync(PeerStack peers, bool schemas)
    {
        var database = new MySqlConnectionStringBuilder(peers.ConnectionString);
        string connector = peers.SourceKind == "mysql" ? "mysql.MySqlConnector" : "mariadb.MariaDbConnector";
        var config = new Dictionary<string, string>
        {
            ["connector.class"] = $"io.debezium.connector.{connector}",
            ["tasks.max"] = "1",
            ["database.hostname"] = database.Server,
            ["database.port"] = $"{database.Port}",
            ["database.user"] = "canal",
            ["database.password"] = "canal",
            ["database.server.id"] = "4711",
            ["topic.prefix"] = Debezium,
            ["snapshot.mode"] = "no_data",
            ["schema.history.internal"] = "io.debezium.relational.history.MemorySchemaHistory",
            ["key.converter"] = "org.apache.kafka.connect.json.JsonConverter",
            ["key.converter.schemas.enable"] = schemas ? "true" : "false",
            ["value.converter"] = "org.apache.kafka.connect.json.JsonConverter",
            ["value.converter.schemas.enable"] = schemas ? "true" : "false",
        };
        foreach ((string name, _, string value) in Options)
        {
            config[name] = value;
        }

        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.PutAsJsonAsync(new Uri($"{peers.ConnectUrl}/connectors/beside/config"), config, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        // It streams from where it is when it has connected: its binlog reader shows among the server's threads.
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await using var readers = new MySqlCommand("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'", connection);
        while (Convert.ToInt64(await readers.ExecuteScalarAsync(limit.Token), System.Globalization.CultureInfo.InvariantCulture) < 2)
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
