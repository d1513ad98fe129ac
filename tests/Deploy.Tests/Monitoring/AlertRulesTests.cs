using CanalBridge.Testing.Peers;

namespace CanalBridge.DeployTests.Monitoring;

/// <summary>deploy/monitoring/alerts.yaml, and that each of its alerts fires when it must and only then.</summary>
public sealed class AlertRulesTests
{
    private static readonly string[] Severities = ["critical", "warning"];

    public static TheoryData<string> RuleTests => [.. MonitoringFiles.RuleTests.Select(f => Path.GetFileName(f))];

    [Fact]
    public Task Prometheus_accepts_the_rules() => PrometheusTools.CheckAsync("check", "rules", "--lint-fatal", MonitoringFiles.AlertsPath);

    [Theory]
    [MemberData(nameof(RuleTests))]
    public Task Alerts_fire_and_stay_silent_as_the_cases_say(string file) =>
        PrometheusTools.CheckAsync("test", "rules", Path.Combine(MonitoringFiles.Folder, "tests", file));

    [Fact]
    public void Every_alert_fires_in_a_case_and_is_silent_in_another()
    {
        AlertCase[] cases = [.. MonitoringFiles.RuleTests.SelectMany(f => MonitoringFiles.Read<RuleTestFile>(f).Tests).SelectMany(t => t.AlertRuleTest)];

        Assert.NotEmpty(MonitoringFiles.Alerts);
        Assert.All(MonitoringFiles.Alerts, alert =>
        {
            string severity = alert.Labels["severity"];
            Assert.True(
                cases.Any(c => c.Alertname == alert.Alert && c.ExpAlerts.Any(e => e.ExpLabels.GetValueOrDefault("severity") == severity)),
                $"No case in deploy/monitoring/tests lets {alert.Alert} fire with severity {severity}.");
            Assert.True(
                cases.Any(c => c.Alertname == alert.Alert && c.ExpAlerts.All(e => e.ExpLabels.GetValueOrDefault("severity") != severity)),
                $"No case in deploy/monitoring/tests wants {alert.Alert} of severity {severity} to be silent.");
        });
    }

    [Fact]
    public void Every_alert_says_how_bad_it_is_what_happened_and_where_to_read_on() => Assert.All(MonitoringFiles.Alerts, alert =>
    {
        Assert.Contains(alert.Labels.GetValueOrDefault("severity"), Severities);
        Assert.Contains("$labels.canal_bridge_destination", alert.Annotations["summary"], StringComparison.Ordinal);
        Assert.Contains("$labels.canal_bridge_destination", alert.Annotations["description"], StringComparison.Ordinal);
        Assert.Equal($"docs/operations.md#{alert.Alert}", alert.Annotations["runbook"], ignoreCase: true);
        Assert.StartsWith("https://", alert.Annotations["runbook_url"], StringComparison.Ordinal);
        Assert.EndsWith(alert.Annotations["runbook"]["docs".Length..], alert.Annotations["runbook_url"], StringComparison.Ordinal);
    });

    /// <summary>The chart puts another address in the place of this one.</summary>
    [Fact]
    public void Every_runbook_has_the_same_address()
    {
        IEnumerable<string> addresses = MonitoringFiles.Alerts.Select(a => a.Annotations["runbook_url"].Split('#')[0]);

        Assert.Single(addresses.Distinct());
    }

    [Theory]
    [InlineData("docs/operations.md")]
    [InlineData("docs/operations.zh.md")]
    public void Every_alert_has_its_section_in_the_runbook(string document)
    {
        Assert.True(File.Exists(Path.Combine(Repository.Root, document)), $"{document} is missing.");
        HashSet<string> anchors = MonitoringFiles.Anchors(document);

        Assert.All(MonitoringFiles.Alerts, alert => Assert.Contains(alert.Annotations["runbook"].Split('#')[1], anchors));
    }

    [Fact]
    public void Every_name_in_an_alert_is_documented() => Assert.All(MonitoringFiles.Alerts, alert => Assert.Empty(KnownNames.Mistakes(alert.Expr)));
}
