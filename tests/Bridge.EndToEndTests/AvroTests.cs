using System.Globalization;
using Avro;
using Avro.Generic;
using CanalBridge.Testing.Peers;
using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>Records in Avro, read by Confluent's own deserializer. The registry is a stand-in, all else is real.</summary>
public sealed class AvroTests(SharedPeers shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("mariadb")]
    [InlineData("mysql")]
    public async Task Consumer_of_Avro_ends_with_the_rows_of_the_table(string source)
    {
        PeerStack peers = await shared.GetAsync(source);
        await using var registry = new RegistryStandIn { Login = "bridge:secret" };
        string prefix = $"avro{source}", database = $"avro_{source}", topic = $"{prefix}.{database}.items";
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await Sql.ExecuteAsync(connection, $"CREATE DATABASE {database} CHARACTER SET utf8mb4; USE {database}; SET time_zone = '+00:00'");
        await using BridgeProcess bridge = BridgeProcess.Run(
            peers, prefix, ("Envelope__Format", "avro"), ("Registry__Url", registry.Url), ("Registry__Username", "bridge"), ("Registry__Password", "secret"));
        await bridge.WaitUntilReadingAsync();

        await Sql.ExecuteAsync(connection, "CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(40), price DECIMAL(10,2) NOT NULL, qty INT DEFAULT 3, kind ENUM('small','large'), pic VARBINARY(20), made DATETIME(6), stamp TIMESTAMP(3) NULL, weight DOUBLE)");
        await Sql.ExecuteAsync(connection, string.Concat(Enumerable.Range(1, 200).Select(static i => string.Create(
            CultureInfo.InvariantCulture, $"INSERT INTO items VALUES ({i}, 'näme \"{i}\" 😀', {i}.5, {i % 7}, 'large', x'00FF{i % 100:00}', '2024-02-29 01:02:03.{i:000000}', '2024-02-29 01:02:03.5', {i}.25);"))));
        await Sql.ExecuteAsync(connection, "UPDATE items SET name = NULL, price = -price, pic = NULL WHERE id % 3 = 0; DELETE FROM items WHERE id % 10 = 0; UPDATE items SET id = id + 1000 WHERE id % 7 = 0");
        await Sql.ExecuteAsync(connection, "ALTER TABLE items ADD COLUMN note TEXT; UPDATE items SET note = CONCAT('note ', id) WHERE id < 20; INSERT INTO items (id, price, note) VALUES (5000, 1, 'last')");

        Dictionary<string, GenericRecord> rows = Read(peers, registry, topic, "5000", () => bridge.Output);

        var expected = new List<string>();
        await using (MySqlCommand query = connection.CreateCommand())
        {
            query.CommandText = "SELECT id, name, price, qty, kind, HEX(pic), TIMESTAMPDIFF(MICROSECOND, '1970-01-01', made), DATE_FORMAT(stamp, '%Y-%m-%dT%H:%i:%s.500Z'), weight, note FROM items ORDER BY id";
            await using MySqlDataReader reader = await query.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                expected.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
            }
        }

        Assert.Equal(expected, rows.Values.OrderBy(static row => (long)row["id"]).Select(Text));
        Assert.Equal([$"{topic}-key", $"{topic}-value"], registry.Subjects);
        Assert.Single(registry.SchemasOf($"{topic}-key"));
        Assert.Equal(2, registry.SchemasOf($"{topic}-value").Length);
        Assert.DoesNotContain("secret", bridge.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_that_refuses_ends_the_bridge_with_its_exit_code_and_the_rows_come_after_it_is_mended()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using var registry = new RegistryStandIn { Login = "bridge:secret" };
        const string prefix = "avrorefused", topic = $"{prefix}.avro_refused.items";
        await using var connection = new MySqlConnection($"{peers.ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using (BridgeProcess refused = BridgeProcess.Run(peers, prefix, ("Envelope__Format", "avro"), ("Registry__Url", registry.Url)))
        {
            await refused.WaitUntilReadingAsync();
            await Sql.ExecuteAsync(connection, "CREATE DATABASE avro_refused; CREATE TABLE avro_refused.items (id BIGINT PRIMARY KEY); INSERT INTO avro_refused.items VALUES (1)");

            Assert.Equal(ExitCode.Registry, await refused.WaitForExitAsync());
            Assert.Contains("HTTP 401", refused.Output, StringComparison.Ordinal);
        }

        await using BridgeProcess bridge = BridgeProcess.Run(
            peers, prefix, ("Envelope__Format", "avro"), ("Registry__Url", registry.Url), ("Registry__Username", "bridge"), ("Registry__Password", "secret"));

        Assert.Equal(["1"], Read(peers, registry, topic, "1", () => bridge.Output).Keys);
    }

    [Fact]
    public async Task Map_prints_binary_records_in_base64_and_needs_no_registry()
    {
        string recording = Path.Combine(Repository.Root, "src", "Bridge", "Commands", "Demo", "shop.frames");

        (int exitCode, string output, string errors) = await BridgeProcess.ExecuteAsync("map", recording, "--Topics:Prefix=bridge", "--Source:Kind=mariadb", "--Envelope:Format=avro");

        Assert.Equal(0, exitCode);
        Assert.Contains("counted from 0", errors, StringComparison.Ordinal);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2049, lines.Length);
        Assert.All(lines, static line => Assert.Contains("\"encoding\":\"base64\"", line, StringComparison.Ordinal));
    }

    /// <summary>Reads until a row of this id is there: the last of each key, tombstones taken away.</summary>
    private static Dictionary<string, GenericRecord> Read(PeerStack peers, RegistryStandIn registry, string topic, string lastId, Func<string> onTimeout)
    {
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = registry.Url }, new BasicAuthenticationHeaderValueProvider("bridge", "secret"));
        using IConsumer<GenericRecord, GenericRecord> consumer = new ConsumerBuilder<GenericRecord, GenericRecord>(new ConsumerConfig
        {
            BootstrapServers = peers.BootstrapServers,
            GroupId = $"{topic}.avro",
            IsolationLevel = IsolationLevel.ReadCommitted,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
        }).SetKeyDeserializer(new AvroDeserializer<GenericRecord>(client).AsSyncOverAsync())
            .SetValueDeserializer(new AvroDeserializer<GenericRecord>(client).AsSyncOverAsync()).SetLogHandler(static (_, _) => { }).Build();
        WaitForTopic(consumer, topic, onTimeout);
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var rows = new Dictionary<string, GenericRecord>();
        long began = TimeProvider.System.GetTimestamp();
        while (!rows.ContainsKey(lastId))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Limit, $"The row did not come.\n{onTimeout()}");
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is not { } result)
            {
                continue;
            }

            string id = Convert.ToString(result.Message.Key["id"], CultureInfo.InvariantCulture)!;
            if (result.Message.Value is not { } value)
            {
                rows.Remove(id);
            }
            else if (value["after"] is GenericRecord after)
            {
                rows[id] = after;
            }
        }

        return rows;
    }

    private static void WaitForTopic(IConsumer<GenericRecord, GenericRecord> consumer, string topic, Func<string> onTimeout)
    {
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        long began = TimeProvider.System.GetTimestamp();
        while (admin.GetMetadata(TimeSpan.FromSeconds(5)).Topics.All(t => t.Topic != topic))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Limit, $"The topic did not come.\n{onTimeout()}");
            Thread.Sleep(100);
        }
    }

    private static string Text(GenericRecord row) => string.Join('|', row.Schema.Fields.Select(field => row[field.Name] switch
    {
        null => "NULL",
        byte[] bytes => Convert.ToHexString(bytes),
        AvroDecimal number => ((decimal)number).ToString("F2", CultureInfo.InvariantCulture),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture),
    }).Concat(row.Schema.Fields.Count < 10 ? ["NULL"] : []));
}
