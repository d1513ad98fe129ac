namespace CanalBridge.DeployTests.Monitoring;

/// <summary>The dashboard in front of a real Prometheus that reads a page with every documented metric.</summary>
public sealed class ScrapeTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>The table of alerts too: the page counts rows in statement format and another consumer, and those alerts fire at once.</summary>
    [Fact]
    public async Task Every_query_of_the_dashboard_finds_data()
    {
        using var page = new MetricsPage();
        using var prometheus = new PrometheusServer(page.Address);
        (string Title, string Expression)[] waiting = [.. DashboardPanel.Shown.SelectMany(p => p.Expressions("10s").Select(e => (p.Title, e)))];
        long begun = TimeProvider.System.GetTimestamp();
        Assert.NotEmpty(waiting);

        while (waiting.Length > 0 && TimeProvider.System.GetElapsedTime(begun) < Deadline)
        {
            var empty = new List<(string, string)>();
            foreach ((string title, string expression) in waiting)
            {
                if (await prometheus.CountAsync(expression) is null or 0)
                {
                    empty.Add((title, expression));
                }
            }

            waiting = [.. empty];
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }

        Assert.Empty(waiting);
    }
}
