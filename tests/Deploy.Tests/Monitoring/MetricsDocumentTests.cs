namespace CanalBridge.DeployTests.Monitoring;

/// <summary>docs/metrics.md, from which the other tests take the names.</summary>
public sealed class MetricsDocumentTests
{
    private static readonly string[] Kinds = ["gauge", "counter", "histogram"];

    [Fact]
    public void Each_metric_is_told_once()
    {
        Assert.NotEmpty(KnownMetric.All);
        Assert.Equal(KnownMetric.All.Count, KnownMetric.All.Select(m => m.Name).Distinct().Count());
    }

    [Fact]
    public void Each_name_for_Prometheus_follows_from_the_instrument_its_unit_and_its_kind() => Assert.All(KnownMetric.All, metric =>
    {
        Assert.Contains(metric.Kind, Kinds);
        Assert.Equal(metric.ExportedName, metric.Name);
    });

    [Theory]
    [InlineData("rate(canal_bridge_rows_comitted_total[5m])", "metric canal_bridge_rows_comitted_total is not in docs/metrics.md")]
    [InlineData("sum by (reasons) (canal_bridge_canal_reconnects_total)", "label reasons is none of canal_bridge_canal_reconnects_total")]
    [InlineData("canal_bridge_destination_state{states=\"running\"}", "metric canal_bridge_destination_state has no label states")]
    [InlineData("canal_bridge_destination_state{state=\"runing\"} == 1", "label state of canal_bridge_destination_state is never runing")]
    public void A_name_that_is_not_documented_is_found(string expression, string mistake) => Assert.Equal([mistake], KnownNames.Mistakes(expression));
}
