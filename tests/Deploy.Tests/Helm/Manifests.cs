using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace CanalBridge.DeployTests.Helm;

/// <summary>The objects that a chart renders, each as its text and as a tree.</summary>
internal sealed class Manifests
{
    private static readonly Dictionary<string, Type> Models = new()
    {
        ["v1/ConfigMap"] = typeof(V1ConfigMap),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
    };

    private readonly Dictionary<string, (string Text, JsonObject Tree)> _byKind = [];

    public IReadOnlyCollection<string> Kinds => _byKind.Keys;

    public V1Deployment Deployment => Get<V1Deployment>("Deployment");

    public V1PodSpec Pod => Deployment.Spec.Template.Spec;

    public V1Container Bridge => Pod.Containers[0];

    /// <summary>The options as the program gets them.</summary>
    public string AppSettings => Get<V1ConfigMap>("ConfigMap").Data["appsettings.json"];

    public string Checksum => Deployment.Spec.Template.Metadata.Annotations["checksum/config"];

    /// <summary>Takes apart what helm prints. Two objects of a kind are told apart by their names: the second is Kind/name.</summary>
    public static Manifests Parse(string output)
    {
        var manifests = new Manifests();
        foreach (string text in output.Split("\n---", StringSplitOptions.RemoveEmptyEntries).Select(text => text.TrimStart('-')))
        {
            if (ParseYaml(text) is JsonObject tree)
            {
                string kind = tree["kind"]!.GetValue<string>();
                manifests._byKind.Add(manifests._byKind.ContainsKey(kind) ? $"{kind}/{tree["metadata"]!["name"]}" : kind, (text, tree));
            }
        }

        return manifests;
    }

    public JsonObject Tree(string kind) => _byKind[kind].Tree;

    public string Text(string kind) => _byKind[kind].Text;

    /// <summary>Reads an object strictly: a member that the API does not know is refused.</summary>
    public T Get<T>(string kind) => (T)ReadStrictly(_byKind[kind].Text, _byKind[kind].Tree);

    /// <summary>Reads all objects of Kubernetes' own; gives the kinds that are others'.</summary>
    public IReadOnlyList<string> ReadAllStrictly()
    {
        var others = new List<string>();
        foreach ((string kind, (string text, JsonObject tree)) in _byKind)
        {
            if (Models.ContainsKey(Identity(tree)))
            {
                ReadStrictly(text, tree);
            }
            else
            {
                others.Add(kind);
            }
        }

        return others;
    }

    public static JsonNode? ParseYaml(string text)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(text);
        stream.Load(reader);
        return stream.Documents.Count == 0 ? null : ToJson(stream.Documents[0].RootNode);
    }

    private static object ReadStrictly(string text, JsonObject tree)
    {
        Assert.True(Models.TryGetValue(Identity(tree), out Type? model), $"{Identity(tree)} is not a kind of Kubernetes that this chart has.");
        return Assert.Single(KubernetesYaml.LoadAllFromString(text, new Dictionary<string, Type> { [Identity(tree)] = model }, strict: true));
    }

    private static string Identity(JsonObject tree) => $"{tree["apiVersion"]}/{tree["kind"]}";

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, ToJson(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: not YamlDotNet.Core.ScalarStyle.Plain } quoted => quoted.Value,
        YamlScalarNode { Value: "null" or "~" or "" or null } => null,
        YamlScalarNode { Value: "true" or "false" } flag => flag.Value == "true",
        YamlScalarNode number when long.TryParse(number.Value, System.Globalization.CultureInfo.InvariantCulture, out long value) => value,
        YamlScalarNode text => text.Value,
        _ => throw new InvalidOperationException($"{node.NodeType} is not expected."),
    };
}
