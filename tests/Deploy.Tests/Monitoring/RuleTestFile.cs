namespace CanalBridge.DeployTests.Monitoring;

/// <summary>A file for <c>promtool test rules</c>.</summary>
internal sealed class RuleTestFile
{
    public List<RuleTest> Tests { get; set; } = [];
}

internal sealed class RuleTest
{
    public List<AlertCase> AlertRuleTest { get; set; } = [];
}

internal sealed class AlertCase
{
    public string Alertname { get; set; } = "";

    public List<ExpectedAlert> ExpAlerts { get; set; } = [];
}

internal sealed class ExpectedAlert
{
    public Dictionary<string, string> ExpLabels { get; set; } = [];
}
