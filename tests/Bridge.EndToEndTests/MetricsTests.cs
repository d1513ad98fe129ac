using System.Text.RegularExpressions;
using CanalBridge.Testing;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>What a real bridge shows to Prometheus, against docs/metrics.md, which alerts and dashboard are tested against.</summary>
public sealed partial class MetricsTests(SharedPeers shared)
{
    /// <summary>They are there from their first event on, which this run does not have.</summary>
    private static readonly string[] OfTrouble =
    [
        "canal_bridge_kafka_errors_total", "canal_bridge_commit_retries_total", "canal_bridge_recycles_total", "canal_bridge_canal_reconnects_total", "canal_bridge_canal_errors_total",
        "canal_bridge_epoch_changes_total", "canal_bridge_damaged_values_total", "canal_bridge_rows_duplicates_total", "canal_bridge_rows_returned_total", "dotnet_exceptions_total",
    ];

    [Fact]
    public async Task Page_of_a_running_bridge_holds_what_the_document_says()
    {
        PeerStack peers = await shared.GetAsync("mariadb");
        await using var connection = new MySqlConnection(peers.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        string url = $"http://127.0.0.1:{FreePort.Next()}";
        string page;
        await using (BridgeProcess bridge = BridgeProcess.Run(peers, "metrics", ("Http__Port", new Uri(url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Source__TableExcludeList", "metrics_rows\\.left_out")))
        {
            await bridge.WaitUntilReadingAsync();
            await using var consumer = new CommittedConsumer(peers.BootstrapServers, "metrics.metrics_rows");
            await Sql.ExecuteAsync(connection, "CREATE DATABASE metrics_rows; CREATE TABLE metrics_rows.left_out (id INT PRIMARY KEY); INSERT INTO metrics_rows.left_out VALUES (1); CREATE TABLE metrics_rows.t (id INT PRIMARY KEY); INSERT INTO metrics_rows.t VALUES (1)");
            await consumer.WaitForAsync(r => r.Key == "{\"id\":1}", () => bridge.Output);
            using var http = new HttpClient();
            page = await http.GetStringAsync(new Uri($"{url}/metrics"), TestContext.Current.CancellationToken);
            bridge.Signal("TERM");
            Assert.Equal(0, await bridge.WaitForExitAsync());
        }

        string[] documented = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "metrics.md")).Select(static line => Row().Match(line)).Where(static row => row.Success).Select(static row => row.Groups["name"].Value)];
        string[] shown = [.. Family().Matches(page).Select(static family => family.Groups["name"].Value)];
        Assert.Empty(documented.Except(shown).Except(OfTrouble));
        Assert.Empty(shown.Where(static name => !name.StartsWith("dotnet_", StringComparison.Ordinal) && name != "target_info").Except(documented));
        Assert.Matches("canal_bridge_rows_filtered_total\\{canal_bridge_destination=\"[^\"]+\"\\} 1\\s", page);
        Assert.Matches("canal_bridge_rows_unaccounted\\{canal_bridge_destination=\"[^\"]+\"\\} 0\\s", page);
        Assert.Matches("canal_bridge_destination_state\\{canal_bridge_destination=\"[^\"]+\",state=\"running\"\\} 1\\s", page);
    }

    [GeneratedRegex("^\\| `(?<name>[a-z_]+)` \\|")]
    private static partial Regex Row();

    [GeneratedRegex("^# TYPE (?<name>[a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex Family();
}
