// Writes sbom.cdx.json (CycloneDX 1.6) beside the published program: each package with its licence and the hash of its files, and every other file as
// the program's own. Made from canal-bridge.deps.json and the files themselves, so that it names what is there. No time and no random number: the same
// input gives the same bytes.
// Arguments: folder of the program, folder of NuGet packages, folder of time zones.
// Native compilation, the default of programs in one file, would want another package.
#:property PublishAot=false
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

const string Sbom = "sbom.cdx.json";
(string program, string packages, string zones) = (args[0], args[1], args[2]);
JsonObject deps = JsonNode.Parse(File.ReadAllText(Path.Combine(program, "canal-bridge.deps.json")))!.AsObject();
JsonObject target = deps["targets"]![deps["runtimeTarget"]!["name"]!.GetValue<string>()]!.AsObject();
var unclaimed = new SortedSet<string>(Directory.EnumerateFiles(program, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(program, f)).Where(f => f != Sbom), StringComparer.Ordinal);
var components = new JsonArray();
var dependencies = new JsonArray();
var refs = target.ToDictionary(library => library.Key.Split('/')[0], library => Ref(library.Key));
JsonObject? root = null;
foreach ((string id, JsonNode? library) in target.OrderBy(l => l.Key, StringComparer.Ordinal))
{
    (string name, string version) = (id.Split('/')[0], id.Split('/')[1]);
    bool isPackage = deps["libraries"]![id]!["type"]!.GetValue<string>() == "package";
    var component = new JsonObject { ["type"] = name == "canal-bridge" ? "application" : "library", ["bom-ref"] = Ref(id), ["name"] = name, ["version"] = version };
    if (isPackage)
    {
        component["purl"] = Ref(id);
        component["licenses"] = Licenses(name, version);
        component["hashes"] = Hash("SHA-512", Convert.FromBase64String(deps["libraries"]![id]!["sha512"]!.GetValue<string>()["sha512-".Length..]));
    }
    else
    {
        component["licenses"] = Expression("Apache-2.0");
    }

    component["components"] = Files(Assets(library!).Where(unclaimed.Remove));
    if (name == "librdkafka.redist")
    {
        AddLinkedIn(component);
    }

    dependencies.Add(new JsonObject
    {
        ["ref"] = Ref(id),
        // A dependency that is part of the framework is no package here.
        ["dependsOn"] = new JsonArray([.. (library!["dependencies"]?.AsObject() ?? []).Where(d => refs.ContainsKey(d.Key)).Select(d => JsonValue.Create(refs[d.Key]))]),
    });
    if (name == "canal-bridge")
    {
        root = component;
    }
    else
    {
        components.Add(component);
    }
}

foreach (JsonNode? file in Files(unclaimed))
{
    root!["components"]!.AsArray().Add(file!.DeepClone());
}

components.Add(new JsonObject
{
    ["type"] = "data",
    ["bom-ref"] = "tzdata",
    ["name"] = "tzdata",
    ["version"] = ZoneVersion(),
    ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["name"] = "public domain" } }),
});
var bom = new JsonObject
{
    ["bomFormat"] = "CycloneDX",
    ["specVersion"] = "1.6",
    ["version"] = 1,
    ["metadata"] = new JsonObject { ["component"] = root },
    ["components"] = components,
    ["dependencies"] = dependencies,
};
// Licence texts hold quotes and slashes that need no escape in a file.
File.WriteAllText(Path.Combine(program, Sbom), bom.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");
return 0;

string Ref(string id) => deps["libraries"]![id]!["type"]!.GetValue<string>() == "package" ? $"pkg:nuget/{id.Replace('/', '@')}" : id.Replace('/', '@');

static IEnumerable<string> Assets(JsonNode library) =>
    new[] { "runtime", "native", "resources" }.SelectMany(kind => library[kind]?.AsObject() ?? []).Select(asset => Path.GetFileName(asset.Key));

JsonArray Files(IEnumerable<string> files) => new([.. files.Order(StringComparer.Ordinal).Select(file => new JsonObject
{
    ["type"] = "file",
    ["name"] = file,
    ["hashes"] = Hash("SHA-256", SHA256.HashData(File.ReadAllBytes(Path.Combine(program, file)))),
})]);

static JsonArray Hash(string algorithm, byte[] hash) => new(new JsonObject { ["alg"] = algorithm, ["content"] = Convert.ToHexStringLower(hash) });

static JsonArray Expression(string license) => new(new JsonObject { ["expression"] = license });

JsonArray Licenses(string name, string version)
{
    string folder = Path.Combine(packages, name.ToLowerInvariant(), version);
    XElement metadata = XDocument.Load(Path.Combine(folder, $"{name.ToLowerInvariant()}.nuspec")).Root!.Elements().First(e => e.Name.LocalName == "metadata");
    XElement? license = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license"), url = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "licenseUrl");
    return license?.Attribute("type")?.Value == "expression"
        ? Expression(license.Value)
        : new JsonArray(new JsonObject { ["license"] = new JsonObject { ["name"] = license?.Value ?? "see url", ["url"] = url?.Value } });
}

// What librdkafka carries inside it, as far as its bytes tell: scanners cannot see it in a list of packages.
void AddLinkedIn(JsonObject component)
{
    foreach (JsonNode? file in component["components"]!.AsArray().ToArray())
    {
        string bytes = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(program, file!["name"]!.GetValue<string>())));
        if (Regex.Match(bytes, @"OpenSSL (\d+\.\d+\.\d+\w*) \d+ \w+ \d{4}") is { Success: true } openSsl)
        {
            string version = openSsl.Groups[1].Value;
            component["components"]!.AsArray().Add(new JsonObject
            {
                ["type"] = "library", ["name"] = "openssl", ["version"] = version, ["purl"] = $"pkg:generic/openssl@{version}", ["licenses"] = Expression("Apache-2.0"),
            });
        }
    }
}

string ZoneVersion()
{
    string file = Path.Combine(zones, "tzdata.zi");
    return File.Exists(file) ? File.ReadLines(file).First().Replace("# version ", "", StringComparison.Ordinal) : "unknown";
}
