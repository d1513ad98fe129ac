namespace CanalBridge.DeployTests.Monitoring;

/// <summary>Holds expressions against docs/metrics.md: a misspelt name or value finds nothing, for ever and in silence.</summary>
internal static class KnownNames
{
    /// <summary>What Prometheus or its operator puts beside every series.</summary>
    private static readonly HashSet<string> TargetLabels = ["cluster", "namespace", "job", "instance", "le", "canal_bridge_destination", "deployment"];

    /// <summary>Series of Prometheus itself and of kube-state-metrics.</summary>
    private static readonly HashSet<string> OfOthers = ["up", "ALERTS", "kube_deployment_status_replicas_available", "kube_deployment_spec_replicas"];

    private static readonly Dictionary<string, KnownMetric> BySeries = KnownMetric.All.SelectMany(m => m.Series.Select(s => (s, m))).ToDictionary(p => p.s, p => p.m);

    /// <summary>What is wrong with the names of an expression; empty if nothing is.</summary>
    public static IEnumerable<string> Mistakes(string expression)
    {
        HashSet<string> metrics = [.. Expression.Metrics(expression).Where(m => !OfOthers.Contains(m))];
        if (metrics.Count == 0 && Expression.Metrics(expression).Count == 0)
        {
            yield return "no metric was found";
        }

        foreach (string metric in metrics.Where(m => !BySeries.ContainsKey(m)))
        {
            yield return $"metric {metric} is not in docs/metrics.md";
        }

        KnownMetric[] known = [.. metrics.Where(BySeries.ContainsKey).Select(m => BySeries[m])];
        foreach (string label in Expression.GroupingLabels(expression).Where(l => !TargetLabels.Contains(l) && !known.Any(m => m.Labels.ContainsKey(l))))
        {
            yield return $"label {label} is none of {string.Join(", ", metrics)}";
        }

        foreach ((string metric, string label, string sign, string value) in Expression.Matchers(expression))
        {
            if (!BySeries.TryGetValue(metric, out KnownMetric? entry) || TargetLabels.Contains(label))
            {
                continue;
            }

            if (!entry.Labels.TryGetValue(label, out string[]? values))
            {
                yield return $"metric {metric} has no label {label}";
            }
            else if (sign is "=" or "!=" && !values.Contains(value))
            {
                yield return $"label {label} of {metric} is never {value}";
            }
        }
    }
}
