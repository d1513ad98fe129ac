using System.Globalization;
using System.Text.RegularExpressions;
using CanalBridge.Telemetry;

namespace CanalBridge.UnitTests.Http;

/// <summary>The names as Prometheus gets them: alerts and dashboards are written against these.</summary>
public sealed partial class MetricsPageTests
{
    [Theory]
    [InlineData("messaging_client_consumed_messages_total", "counter")]
    [InlineData("messaging_client_sent_messages_total", "counter")]
    [InlineData("canal_bridge_kafka_transactions_total", "counter")]
    [InlineData("canal_bridge_kafka_errors_total", "counter")]
    [InlineData("canal_bridge_rows_committed_total", "counter")]
    [InlineData("canal_bridge_rows_filtered_total", "counter")]
    [InlineData("canal_bridge_rows_duplicates_total", "counter")]
    [InlineData("canal_bridge_rows_returned_total", "counter")]
    [InlineData("canal_bridge_canal_sessions_total", "counter")]
    [InlineData("canal_bridge_canal_reconnects_total", "counter")]
    [InlineData("canal_bridge_canal_errors_total", "counter")]
    [InlineData("canal_bridge_epoch_changes_total", "counter")]
    [InlineData("canal_bridge_ddl_events_total", "counter")]
    [InlineData("canal_bridge_commit_retries_total", "counter")]
    [InlineData("canal_bridge_recycles_total", "counter")]
    [InlineData("canal_bridge_damaged_values_total", "counter")]
    [InlineData("canal_bridge_entries_without_rows_total", "counter")]
    [InlineData("canal_bridge_destination_state", "gauge")]
    [InlineData("canal_bridge_destination_owner", "gauge")]
    [InlineData("canal_bridge_source_lag_seconds", "gauge")]
    [InlineData("canal_bridge_delivery_lag_seconds", "gauge")]
    [InlineData("canal_bridge_source_silence_seconds", "gauge")]
    [InlineData("canal_bridge_rows_in_flight", "gauge")]
    [InlineData("canal_bridge_rows_unaccounted", "gauge")]
    [InlineData("canal_bridge_batches_unacked", "gauge")]
    [InlineData("canal_bridge_batches_unacked_age_seconds", "gauge")]
    [InlineData("canal_bridge_kafka_queue_size_bytes", "gauge")]
    [InlineData("canal_bridge_memory_budget_bytes", "gauge")]
    [InlineData("canal_bridge_memory_used_bytes", "gauge")]
    [InlineData("canal_bridge_memory_limit_bytes", "gauge")]
    [InlineData("canal_bridge_start_time_seconds", "gauge")]
    [InlineData("canal_bridge_build_info", "gauge")]
    [InlineData("canal_bridge_config_info", "gauge")]
    [InlineData("canal_bridge_delivery_duration_seconds", "histogram")]
    [InlineData("canal_bridge_record_size_bytes", "histogram")]
    [InlineData("messaging_client_operation_duration_seconds", "histogram")]
    [InlineData("canal_bridge_batch_entries", "histogram")]
    [InlineData("dotnet_gc_collections_total", "counter")]
    [InlineData("target_info", "gauge")]
    public async Task Metric_has_the_name_and_type_that_rules_are_written_against(string name, string type)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using var gauges = new HealthMetrics(server.Health, new ProgramInfo(server.Time.GetUtcNow(), "0123abcd", 64 << 20));
        Record("metrics_names");
        GC.Collect();

        (_, string text) = await server.ReadAsync("/metrics");

        Assert.Contains($"# TYPE {name} {type}", text.Split('\n'));
    }

    [Fact]
    public async Task Value_carries_the_destination_and_no_label_of_the_exporter()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        Record("metrics_labels");

        (_, string text) = await server.ReadAsync("/metrics");

        Assert.Contains("canal_bridge_kafka_errors_total{canal_bridge_destination=\"metrics_labels\",canal_bridge_step=\"Commit\",error_type=\"Local_Fenced\",fatal=\"true\"} 1", Samples(text));
        Assert.DoesNotContain("otel_scope", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Duration_has_buckets_from_milliseconds_to_ten_minutes()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        Record("metrics_buckets");

        (_, string text) = await server.ReadAsync("/metrics");

        string[] bounds = [.. from line in text.Split('\n')
                              where line.StartsWith("messaging_client_operation_duration_seconds_bucket", StringComparison.Ordinal) && line.Contains("\"metrics_buckets\",messaging_operation_name=\"commit\"", StringComparison.Ordinal)
                              select Regex.Match(line, "le=\"([^\"]+)\"").Groups[1].Value];
        Assert.Equal(["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "120", "300", "600", "+Inf"], bounds.Select(static b => b.EndsWith(".0", StringComparison.Ordinal) ? b[..^2] : b));
    }

    [Fact]
    public async Task Text_has_each_family_once_and_each_line_is_a_sample_of_the_family_above()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        Record("metrics_form");

        (_, string text) = await server.ReadAsync("/metrics");

        var families = new HashSet<string>();
        string family = "";
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Regex.Match(line, "^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram)$", RegexOptions.IgnoreCase) is { Success: true } type)
            {
                family = type.Groups[1].Value;
                Assert.True(families.Add(family), $"{family} twice");
            }
            else if (!line.StartsWith('#'))
            {
                Match sample = SampleLine().Match(line);
                Assert.True(sample.Success, line);
                Assert.Matches($"^{Regex.Escape(family)}(_bucket|_sum|_count)?$", sample.Groups[1].Value);
                string value = sample.Groups[2].Value;
                Assert.True(value is "+Inf" or "NaN" || double.TryParse(value, CultureInfo.InvariantCulture, out _), line);
            }
        }

        Assert.True(families.Count > 10, text);
    }

    [GeneratedRegex("""^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*",?)*\})? (\S+)(?: \d+)?$""")]
    private static partial Regex SampleLine();

    private static void Record(string destination)
    {
        var metrics = new BridgeMetrics(destination);
        metrics.RowsReceived(2);
        metrics.RecordsSent(2, TimeSpan.FromMilliseconds(3));
        metrics.RecordSize(200);
        metrics.DuplicatesSkipped(1);
        metrics.RowsFiltered(1);
        metrics.RowsReturned(1);
        metrics.DamagedValues(1);
        metrics.EntryWithoutRows("DdlRecord");
        metrics.DdlSeen("Create");
        metrics.SessionOpened();
        metrics.SessionLost("server", "400");
        metrics.EpochChanged();
        metrics.CommitRetried();
        metrics.ProducerReplaced("Commit");
        metrics.RowsCommitted(2, TimeSpan.FromSeconds(1));
        metrics.BatchMapped(2);
        metrics.KafkaFailed("Local_Fenced", "Commit", isFatal: true);
        metrics.TransactionEnded("committed", ("commit", TimeSpan.FromMilliseconds(20)));
    }

    /// <summary>Without the time of the sample.</summary>
    private static string[] Samples(string text) => [.. text.Split('\n').Select(static line => Regex.Replace(line, @" \d{13}$", ""))];
}
