using System.Text.Json.Nodes;
using k8s.Models;

namespace CanalBridge.DeployTests.Helm;

/// <summary>What helm makes of the chart. Kubernetes' own kinds are read strictly: a member that its API does not know is refused.</summary>
public sealed class TemplateTests
{
    private static readonly string[] Values = ["minimal", "full", "pod-monitor"];
    private static readonly Dictionary<string, Lazy<Task<Manifests>>> Rendered = Values.ToDictionary(name => name, name => new Lazy<Task<Manifests>>(() => HelmTool.TemplateAsync(name)));

    private static Task<Manifests> MinimalAsync => Rendered["minimal"].Value;

    private static Task<Manifests> FullAsync => Rendered["full"].Value;

    private static Task<Manifests> PodMonitorAsync => Rendered["pod-monitor"].Value;

    [Theory]
    [InlineData("minimal")]
    [InlineData("full")]
    [InlineData("pod-monitor")]
    public async Task Lint_finds_nothing(string values)
    {
        (int exitCode, string output, string errors) = await HelmTool.RunAsync("lint", "--strict", HelmTool.Chart, "--values", Path.Combine(HelmTool.Chart, "ci", $"{values}-values.yaml"));

        Assert.True(exitCode == 0, output + errors);
        Assert.DoesNotContain("[WARNING]", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("minimal", new string[0])]
    [InlineData("full", new[] { "PrometheusRule", "ServiceMonitor" })]
    [InlineData("pod-monitor", new[] { "PodMonitor" })]
    public async Task Kubernetes_knows_every_member_of_every_object(string values, string[] notItsOwn)
    {
        Manifests manifests = await Rendered[values].Value;

        Assert.Equal(notItsOwn, manifests.ReadAllStrictly().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Strict_reading_refuses_an_unknown_member()
    {
        string text = (await MinimalAsync).Text("Deployment").Replace("terminationGracePeriodSeconds", "terminationGraceSeconds", StringComparison.Ordinal);

        Assert.ThrowsAny<Exception>(() => Manifests.Parse(text).ReadAllStrictly());
    }

    [Fact]
    public async Task A_newcomers_values_make_four_objects() =>
        Assert.Equal(["ConfigMap", "Deployment", "Service", "ServiceAccount"], (await MinimalAsync).Kinds.Order(StringComparer.Ordinal));

    [Fact]
    public async Task Everything_is_named_labelled_and_placed_alike()
    {
        foreach ((Manifests manifests, string name, string part) in new[] { (await MinimalAsync, "shop-canal-bridge", "canal-bridge"), (await FullAsync, "canal-bridge-shop", "carrier") })
        {
            foreach (string kind in manifests.Kinds)
            {
                JsonNode metadata = manifests.Tree(kind)["metadata"]!;
                Assert.StartsWith(name, (string?)metadata["name"], StringComparison.Ordinal);
                Assert.Equal("bridges", (string?)metadata["namespace"]);
                Assert.Equal("shop", (string?)metadata["labels"]!["app.kubernetes.io/instance"]);
                Assert.Equal(part, (string?)metadata["labels"]!["app.kubernetes.io/name"]);
            }
        }
    }

    [Fact]
    public async Task A_release_named_after_the_chart_has_its_name_once()
    {
        (_, string output, string errors) = await HelmTool.RunAsync(
            "template", "canal-bridge", HelmTool.Chart, "--show-only", "templates/service.yaml", "--values", Path.Combine(HelmTool.Chart, "ci", "minimal-values.yaml"));

        Assert.True("canal-bridge" == (string?)Manifests.Parse(output).Tree("Service")["metadata"]!["name"], errors);
    }

    [Fact]
    public async Task There_is_one_writer()
    {
        V1Deployment deployment = (await MinimalAsync).Deployment;

        Assert.Equal("Recreate", deployment.Spec.Strategy.Type);
        Assert.Null(deployment.Spec.Strategy.RollingUpdate);
        Assert.Equal(1, deployment.Spec.Replicas);
        Assert.Equal(0, (await PodMonitorAsync).Deployment.Spec.Replicas);
    }

    [Fact]
    public async Task Selectors_find_the_pod()
    {
        Manifests manifests = await FullAsync;
        IDictionary<string, string> labels = manifests.Deployment.Spec.Template.Metadata.Labels;
        IDictionary<string, string>[] selectors =
        [
            manifests.Deployment.Spec.Selector.MatchLabels,
            manifests.Get<V1Service>("Service").Spec.Selector,
            manifests.Get<V1PodDisruptionBudget>("PodDisruptionBudget").Spec.Selector.MatchLabels,
            manifests.Get<V1NetworkPolicy>("NetworkPolicy").Spec.PodSelector.MatchLabels,
        ];

        Assert.All(selectors, selector => Assert.True(selector.Count == 2 && selector.All(label => labels[label.Key] == label.Value)));
        Assert.Equal("cdc", labels["tier"]);
        Assert.DoesNotContain("helm.sh/chart", labels.Keys);
    }

    [Fact]
    public async Task Program_runs_with_the_mounted_options()
    {
        V1Container bridge = (await FullAsync).Bridge;

        Assert.Equal(["run", "--config", "/etc/canal-bridge/appsettings.json", "--Delivery:Epoch=1"], bridge.Args);
        Assert.Null(bridge.Command);
        Assert.Contains(bridge.VolumeMounts, mount => mount is { Name: "config", MountPath: "/etc/canal-bridge", ReadOnlyProperty: true });
        V1Volume config = (await FullAsync).Pod.Volumes.Single(volume => volume.Name == "config");
        Assert.Equal("appsettings.json", config.Projected.Sources.Single(source => source.ConfigMap is not null).ConfigMap.Items.Single().Path);
        Assert.Equal("canal-bridge-shop", config.Projected.Sources.Single(source => source.ConfigMap is not null).ConfigMap.Name);
    }

    [Fact]
    public async Task Each_secret_is_a_file_that_its_option_names()
    {
        Manifests manifests = await FullAsync;
        JsonNode settings = JsonNode.Parse(manifests.AppSettings)!;
        V1SecretProjection[] secrets = [.. manifests.Pod.Volumes.Single(volume => volume.Name == "config").Projected.Sources.Where(source => source.Secret is not null).Select(source => source.Secret)];
        (string Secret, string Key, JsonNode? Option)[] expected =
        [
            ("canal", "canal-password", settings["canal"]!["passwordFile"]),
            ("source", "reader", settings["source"]!["connectionStringFile"]),
            ("kafka", "kafka-sasl-password", settings["kafka"]!["saslPasswordFile"]),
            ("masks", "salt", settings["envelope"]!["columnMaskSaltFile"]),
            ("registry", "registry-ssl-keystore-password", settings["registry"]!["sslKeystorePasswordFile"]),
            ("registry", "registry-password", settings["registry"]!["passwordFile"]),
        ];

        Assert.Equal(expected.Length, secrets.Length);
        foreach ((string name, string key, JsonNode? option) in expected)
        {
            string file = (string)option!;
            V1SecretProjection secret = Assert.Single(secrets, secret => $"/etc/canal-bridge/{secret.Items.Single().Path}" == file);
            Assert.Equal(name, secret.Name);
            Assert.Equal(name == "registry" && key == "registry-ssl-keystore-password" ? "keystore" : key, secret.Items.Single().Key);
        }
    }

    [Fact]
    public async Task Pod_has_no_rights_it_does_not_need()
    {
        Manifests manifests = await MinimalAsync;
        V1PodSecurityContext pod = manifests.Pod.SecurityContext;
        V1SecurityContext container = manifests.Bridge.SecurityContext;

        Assert.True(pod.RunAsNonRoot);
        Assert.Equal((1654, 1654, 1654), (pod.RunAsUser, pod.RunAsGroup, pod.FsGroup));
        Assert.Equal("RuntimeDefault", pod.SeccompProfile.Type);
        Assert.True(container.ReadOnlyRootFilesystem);
        Assert.False(container.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.Capabilities.Drop);
        Assert.False(manifests.Pod.AutomountServiceAccountToken);
        Assert.False(manifests.Get<V1ServiceAccount>("ServiceAccount").AutomountServiceAccountToken);
        Assert.False(manifests.Pod.EnableServiceLinks);
        Assert.Equal("64Mi", manifests.Pod.Volumes.Single(volume => volume.Name == "tmp").EmptyDir.SizeLimit.ToString());
        Assert.Contains(manifests.Bridge.VolumeMounts, mount => mount is { Name: "tmp", MountPath: "/tmp" });
    }

    [Fact]
    public async Task Probes_ask_the_http_port()
    {
        V1Container bridge = (await PodMonitorAsync).Bridge;

        Assert.Equal(("http", 9000), (bridge.Ports.Single().Name, bridge.Ports.Single().ContainerPort));
        Assert.Equal(("/livez", "http"), (bridge.StartupProbe.HttpGet.Path, bridge.StartupProbe.HttpGet.Port.Value));
        Assert.Equal(("/livez", "http"), (bridge.LivenessProbe.HttpGet.Path, bridge.LivenessProbe.HttpGet.Port.Value));
        Assert.Equal(("/readyz", "http"), (bridge.ReadinessProbe.HttpGet.Path, bridge.ReadinessProbe.HttpGet.Port.Value));
    }

    [Fact]
    public async Task Memory_holds_what_the_readme_of_the_program_asks_for()
    {
        V1ResourceRequirements resources = (await MinimalAsync).Bridge.Resources;

        Assert.True(resources.Requests["memory"].ToInt64() >= 256_000_000);
        Assert.True(resources.Limits["memory"].ToInt64() >= resources.Requests["memory"].ToInt64());
        Assert.False(resources.Limits.ContainsKey("cpu"));
    }

    [Fact]
    public async Task Grace_period_is_longer_than_the_stop_and_a_transaction()
    {
        Assert.Equal(10 + 30 + 10, (await MinimalAsync).Pod.TerminationGracePeriodSeconds);
        Assert.Equal(20 + 60 + 10, (await FullAsync).Pod.TerminationGracePeriodSeconds);
        Assert.Equal(90, (await PodMonitorAsync).Pod.TerminationGracePeriodSeconds);
    }

    [Fact]
    public async Task Logs_are_json_and_diagnostics_off_unless_asked_otherwise()
    {
        Dictionary<string, string?> usual = (await MinimalAsync).Bridge.Env.ToDictionary(variable => variable.Name, variable => (string?)variable.Value);
        Dictionary<string, string?> asked = (await FullAsync).Bridge.Env.ToDictionary(variable => variable.Name, variable => (string?)variable.Value);

        Assert.Equal(("json", "Information", "0"), (usual["LOG_FORMAT"], usual["LOG_LEVEL"], usual["DOTNET_EnableDiagnostics"]));
        Assert.Equal(("text", "Debug"), (asked["LOG_FORMAT"], asked["LOG_LEVEL"]));
        Assert.DoesNotContain((await PodMonitorAsync).Bridge.Env, variable => variable.Name == "DOTNET_EnableDiagnostics");
    }

    [Fact]
    public async Task Image_is_named_by_digest_tag_or_version_of_the_chart()
    {
        Assert.Equal("canal-bridge:0.1.0", (await MinimalAsync).Bridge.Image);
        Assert.Equal("canal-bridge:nightly", (await PodMonitorAsync).Bridge.Image);
        Assert.Equal("images.example.org/canal-bridge@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", (await FullAsync).Bridge.Image);
        Assert.Equal("images", (await FullAsync).Pod.ImagePullSecrets.Single().Name);
    }

    [Fact]
    public async Task Extras_are_in_the_pod()
    {
        V1PodSpec pod = (await FullAsync).Pod;

        Assert.Equal("ssl-key-password", pod.Containers[0].Env.Single(variable => variable.Name == "Kafka__Settings__ssl.key.password").ValueFrom.SecretKeyRef.Key);
        Assert.Equal("more", pod.Containers[0].EnvFrom.Single().ConfigMapRef.Name);
        Assert.Contains(pod.Containers[0].VolumeMounts, mount => mount is { Name: "tls", MountPath: "/etc/canal-bridge-tls" });
        Assert.Equal("kafka-ca", pod.Volumes.Single(volume => volume.Name == "tls").ConfigMap.Name);
        Assert.Equal("wait", pod.InitContainers.Single().Name);
        Assert.Equal("beside", pod.Containers[1].Name);
        Assert.Equal("linux", pod.NodeSelector["kubernetes.io/os"]);
        Assert.Equal("ssd", pod.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution.Single().Preference.MatchExpressions.Single().Values.Single());
        Assert.Equal(30, pod.Tolerations.Single().TolerationSeconds);
        Assert.Equal("topology.kubernetes.io/zone", pod.TopologySpreadConstraints.Single().TopologyKey);
        Assert.Equal("high", pod.PriorityClassName);
    }

    [Fact]
    public async Task Service_shows_the_status_page_while_the_bridge_is_not_ready()
    {
        V1ServiceSpec service = (await MinimalAsync).Get<V1Service>("Service").Spec;

        Assert.True(service.PublishNotReadyAddresses);
        Assert.Equal((8080, "http", "ClusterIP"), (service.Ports.Single().Port, service.Ports.Single().TargetPort.Value, service.Type));
        Assert.DoesNotContain("Service", (await PodMonitorAsync).Kinds);
    }

    [Fact]
    public async Task An_account_of_somebodys_own_is_used_where_none_is_made()
    {
        Assert.Equal("default", (await PodMonitorAsync).Pod.ServiceAccountName);
        Assert.DoesNotContain("ServiceAccount", (await PodMonitorAsync).Kinds);
    }

    [Fact]
    public async Task Budget_lets_a_drain_pass_unless_asked_otherwise()
    {
        V1PodDisruptionBudgetSpec usual = (await FullAsync).Get<V1PodDisruptionBudget>("PodDisruptionBudget").Spec, strict = (await PodMonitorAsync).Get<V1PodDisruptionBudget>("PodDisruptionBudget").Spec;

        Assert.Equal(("1", null), (usual.MaxUnavailable.Value, usual.MinAvailable?.Value));
        Assert.Equal((null, "1"), (strict.MaxUnavailable?.Value, strict.MinAvailable.Value));
    }

    [Fact]
    public async Task Policy_lets_out_what_the_bridge_speaks_to()
    {
        V1NetworkPolicySpec all = (await FullAsync).Get<V1NetworkPolicy>("NetworkPolicy").Spec, some = (await PodMonitorAsync).Get<V1NetworkPolicy>("NetworkPolicy").Spec;

        Assert.Equal(["Ingress", "Egress"], all.PolicyTypes);
        Assert.Equal(["53", "53", "11111", "11112", "9093", "443", "3306", "4317"], all.Egress.SelectMany(rule => rule.Ports).Select(port => port.Port.Value));
        Assert.Equal("canal", all.Egress[1].To.Single().PodSelector.MatchLabels["app"]);
        Assert.Equal("http", all.Ingress.Single().Ports.Single().Port.Value);
        Assert.Equal("monitoring", all.Ingress.Single().FromProperty.Single().NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]);
        Assert.Equal(["53", "53", "11111", "9092", "3306"], some.Egress.SelectMany(rule => rule.Ports).Select(port => port.Port.Value));
        Assert.Null(some.Ingress.Single().FromProperty);
    }

    [Fact]
    public async Task Monitors_scrape_the_metrics()
    {
        JsonNode service = (await FullAsync).Tree("ServiceMonitor")["spec"]!, pod = (await PodMonitorAsync).Tree("PodMonitor")["spec"]!;

        AssertMembers(service, "endpoints", "selector");
        AssertMembers(service["endpoints"]![0]!, "interval", "metricRelabelings", "path", "port", "relabelings", "scrapeTimeout");
        AssertMembers(pod, "podMetricsEndpoints", "selector");
        AssertMembers(pod["podMetricsEndpoints"]![0]!, "interval", "path", "port", "scrapeTimeout");
        Assert.Equal(("http", "/metrics"), ((string)service["endpoints"]![0]!["port"]!, (string)service["endpoints"]![0]!["path"]!));
        Assert.Equal(("http", "/metrics"), ((string)pod["podMetricsEndpoints"]![0]!["port"]!, (string)pod["podMetricsEndpoints"]![0]!["path"]!));
        Assert.Equal("monitoring.coreos.com/v1", (string?)(await FullAsync).Tree("ServiceMonitor")["apiVersion"]);
        Assert.Equal("prometheus", (string?)(await FullAsync).Tree("ServiceMonitor")["metadata"]!["labels"]!["release"]);
    }

    [Fact]
    public async Task Rules_are_the_alerts_of_the_file()
    {
        JsonArray file = Manifests.ParseYaml(HelmTool.ReadChart("files", "alerts.yaml"))!["groups"]!.AsArray();
        JsonObject rule = (await FullAsync).Tree("PrometheusRule");
        string[] Names(JsonNode groups) => [.. groups.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(alert => (string)alert!["alert"]!)];

        Assert.Equal("monitoring.coreos.com/v1", (string?)rule["apiVersion"]);
        AssertMembers(rule["spec"]!, "groups");
        Assert.Equal(Names(file).Where(name => name != "CanalBridgeDamagedText"), Names(rule["spec"]!["groups"]!));
        foreach (JsonNode? alert in rule["spec"]!["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()))
        {
            JsonNode original = file.SelectMany(group => group!["rules"]!.AsArray()).First(other => (string?)other!["alert"] == (string?)alert!["alert"] && (string?)other["labels"]!["severity"] == (string?)alert["labels"]!["severity"])!;
            Assert.Equal(((string)original["expr"]!).Trim(), ((string)alert!["expr"]!).Trim());
            Assert.Equal((string?)original["annotations"]!["description"], (string?)alert["annotations"]!["description"]);
            Assert.Equal("data", (string?)alert["labels"]!["team"]);
            Assert.Equal($"https://wiki.example.org/canal-bridge#{((string)alert["alert"]!).ToLowerInvariant()}", (string?)alert["annotations"]!["runbook_url"]);
        }
    }

    [Fact]
    public async Task Dashboard_is_the_file_with_the_runbooks_address()
    {
        Manifests manifests = await FullAsync;
        V1ConfigMap dashboard = manifests.Get<V1ConfigMap>(Assert.Single(manifests.Kinds, kind => kind.EndsWith("-dashboard", StringComparison.Ordinal)));

        string file = HelmTool.ReadChart("files", "dashboard.json")
            .Replace("https://docs.example.com/canal-bridge/operations.md", "https://wiki.example.org/canal-bridge", StringComparison.Ordinal)
            .Replace("https://docs.example.com/canal-bridge/", "https://wiki.example.org/", StringComparison.Ordinal);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(file), JsonNode.Parse(dashboard.Data["canal-bridge.json"])));
        Assert.Equal("1", dashboard.Metadata.Labels["grafana_dashboard"]);
        Assert.Equal("Data", dashboard.Metadata.Annotations["grafana_folder"]);
    }

    [Fact]
    public async Task A_changed_option_changes_the_checksum_and_nothing_else_does()
    {
        string before = (await MinimalAsync).Checksum;
        Manifests option = await HelmTool.TemplateAsync("minimal", "--set", "config.canal.fetchSize=500"), other = await HelmTool.TemplateAsync("minimal", "--set", "service.port=80,config.canal.filter=null");

        Assert.NotEqual(before, option.Checksum);
        Assert.Equal(before, other.Checksum);
        Assert.NotEqual(before, (await HelmTool.TemplateAsync("minimal", "--set", "secrets.kafkaSaslPassword.name=kafka")).Checksum);
    }

    [Fact]
    public async Task Notes_say_what_to_do_next()
    {
        (int exitCode, string output, string errors) = await HelmTool.RunAsync(
            "install", "shop", HelmTool.Chart, "--dry-run=client", "--namespace", "bridges", "--values", Path.Combine(HelmTool.Chart, "ci", "minimal-values.yaml"));

        Assert.True(exitCode == 0, errors);
        string notes = output[output.IndexOf("NOTES:", StringComparison.Ordinal)..];
        Assert.Contains("carries destination example to Kafka at kafka:9092, topics prod.<schema>.<table>", notes, StringComparison.Ordinal);
        Assert.Contains("kubectl --namespace bridges port-forward deployment/shop-canal-bridge 8080", notes, StringComparison.Ordinal);
        Assert.Contains("-- /app/canal-bridge check --config /etc/canal-bridge/appsettings.json", notes, StringComparison.Ordinal);
    }

    /// <summary>No schema of these kinds is at hand: the members that we write are written down here.</summary>
    private static void AssertMembers(JsonNode node, params string[] names) => Assert.Equal(names, node.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
}
