using System.Text.Json;
using System.Text.Json.Nodes;

namespace CanalBridge.DeployTests.Monitoring;

/// <summary>deploy/monitoring/dashboard.json.</summary>
public sealed class DashboardTests
{
    [Fact]
    public void Each_panel_has_an_id_of_its_own() => Assert.Equal(DashboardPanel.All.Count, DashboardPanel.All.Select(p => p.Id).Distinct().Count());

    [Fact]
    public void The_dashboard_belongs_to_no_Grafana_yet()
    {
        Assert.Equal("canal-bridge", (string?)DashboardPanel.Dashboard["uid"]);
        Assert.Null(DashboardPanel.Dashboard["id"]);
        Assert.Equal(["datasource", "cluster", "namespace", "destination"], DashboardPanel.Dashboard["templating"]!["list"]!.AsArray().Select(v => (string)v!["name"]!));
    }

    [Fact]
    public void Each_panel_asks_the_chosen_Prometheus_and_says_what_it_shows_in_which_unit() => Assert.All(DashboardPanel.Shown, panel =>
    {
        Assert.Equal("${datasource}", (string?)panel.Json["datasource"]!["uid"]);
        Assert.NotEmpty(panel.Json["targets"]!.AsArray());
        Assert.All(panel.Json["targets"]!.AsArray(), target => Assert.Equal("${datasource}", (string?)target!["datasource"]!["uid"]));
        Assert.False(string.IsNullOrEmpty((string?)panel.Json["fieldConfig"]!["defaults"]!["unit"]), $"{panel.Title} has no unit.");
        Assert.Contains("Worry ", (string?)panel.Json["description"], StringComparison.Ordinal);
    });

    [Fact]
    public void Each_target_of_a_panel_has_a_letter_of_its_own() => Assert.All(DashboardPanel.Shown, panel =>
    {
        string[] letters = [.. panel.Json["targets"]!.AsArray().Select(t => (string)t!["refId"]!)];
        Assert.Equal(letters.Length, letters.Distinct().Count());
    });

    [Fact]
    public void No_panel_covers_another()
    {
        var cells = new Dictionary<(int X, int Y), string>();
        foreach (DashboardPanel panel in DashboardPanel.All)
        {
            JsonNode place = panel.Json["gridPos"]!;
            (int x, int y, int w, int h) = ((int)place["x"]!, (int)place["y"]!, (int)place["w"]!, (int)place["h"]!);
            Assert.InRange(x + w, 1, 24);
            foreach ((int X, int Y) cell in from dx in Enumerable.Range(x, w) from dy in Enumerable.Range(y, h) select (dx, dy))
            {
                Assert.True(cells.TryAdd(cell, panel.Title), $"{panel.Title} lies over {cells[cell]}.");
            }
        }
    }

    /// <summary>Else the good state of one hides the bad one of the other.</summary>
    [Fact]
    public void Two_bridges_with_the_same_destination_in_two_places_are_told_apart() =>
        Assert.All(DashboardPanel.Shown.SelectMany(p => p.Expressions("1m")).SelectMany(Expression.Groupings), labels =>
        {
            Assert.Contains("cluster", labels);
            Assert.Contains("namespace", labels);
        });

    [Fact]
    public void Every_name_in_a_panel_is_documented() =>
        Assert.All(DashboardPanel.Shown.SelectMany(p => p.Expressions("1m")), expression => Assert.Empty(KnownNames.Mistakes(expression)));

    [Fact]
    public void Every_metric_of_the_bridge_is_in_a_panel()
    {
        HashSet<string> shown = [.. DashboardPanel.Shown.SelectMany(p => p.Expressions("1m")).SelectMany(Expression.Metrics)];

        Assert.All(KnownMetric.All.Where(m => m.HasDestination), metric => Assert.Contains(metric.Series, shown.Contains));
    }

    [Fact]
    public async Task Prometheus_accepts_each_query()
    {
        string path = Path.GetTempFileName();
        try
        {
            IEnumerable<string> rules = DashboardPanel.Shown.SelectMany(p => p.Expressions("1m").Select((e, i) => $"  - record: panel_{p.Id}_{i}\n    expr: {JsonSerializer.Serialize(e)}\n"));
            await File.WriteAllTextAsync(path, $"groups:\n- name: panels\n  rules:\n{string.Concat(rules)}");

            await PrometheusTools.CheckAsync("check", "rules", path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
