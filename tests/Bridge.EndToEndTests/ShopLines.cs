using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>The lines of <c>demo --json</c>, and what they say, read in another way than the examples do.</summary>
internal sealed class ShopLines
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly HashSet<string> Amounts = ["price", "total", "unit_price", "old_price", "new_price"];
    private static readonly HashSet<string> Milliseconds = ["placed_at", "counted_at"];
    private static readonly HashSet<string> Timestamps = ["created_at", "updated_at", "changed_at"];
    private static string? s_demo;
    private readonly StringBuilder _text = new();
    private int _added;

    private ShopLines(string text) => Append(text);

    public string Text => _text.ToString();

    /// <summary>Table, key, envelope (null: a tombstone), in the order of the lines.</summary>
    public List<(string Table, string? Key, JsonObject? Envelope)> Records { get; } = [];

    public static async Task<ShopLines> OfDemoAsync()
    {
        if (s_demo is null)
        {
            (int exitCode, string output, string errors) = await BridgeProcess.ExecuteAsync("demo", "--json");
            Assert.True(exitCode == 0, errors);
            s_demo = output;
        }

        return new ShopLines(s_demo);
    }

    /// <summary>The demo, and after it what its products do not do: renamed, deleted, a key changed, a delete of which only the tombstone is left.</summary>
    public static async Task<ShopLines> OfDemoAndMoreAsync()
    {
        ShopLines lines = await OfDemoAsync();
        JsonObject Product(int id) => lines.Rows("products")[$$"""{"id":{{id}}}"""];
        JsonObject renamed = Product(7).DeepClone().AsObject();
        renamed["title"] = "Renamed gadget";
        lines.Add("products", """{"id":7}""", "u", Product(7), renamed);
        lines.Add("products", """{"id":8}""", "d", Product(8), null);
        lines.Add("products", """{"id":8}""", null, null, null);
        JsonObject moved = Product(9).DeepClone().AsObject();
        moved["id"] = 900;
        lines.Add("products", """{"id":900}""", "c", null, moved);
        lines.Add("products", """{"id":9}""", "d", Product(9), null);
        lines.Add("products", """{"id":9}""", null, null, null);
        lines.Add("products", """{"id":10}""", null, null, null);
        return lines;
    }

    /// <summary>The last state of each row by its key; with a limit, of the changes up to that place in the binlog.</summary>
    public SortedDictionary<string, JsonObject> Rows(string table, long upTo = long.MaxValue)
    {
        var rows = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach ((_, string? key, JsonObject? envelope) in Records.Where(r => r.Table == table && r.Key is not null))
        {
            if (envelope is not null && (long)envelope["source"]!["pos"]! > upTo)
            {
                continue;
            }

            if (envelope?["after"] is JsonObject row)
            {
                rows[key!] = row;
            }
            else if (envelope is not null || upTo == long.MaxValue)
            {
                rows.Remove(key!);
            }
        }

        return rows;
    }

    public void Add(string table, string? key, string? operation, JsonObject? before, JsonObject? after)
    {
        JsonObject? value = operation is null ? null : new JsonObject
        {
            ["before"] = before?.DeepClone(),
            ["after"] = after?.DeepClone(),
            ["op"] = operation,
            ["source"] = new JsonObject { ["table"] = table, ["ts_ms"] = 1_900_000_000_000, ["file"] = "mysql-bin.000005", ["pos"] = 2_000_000_000L + _added++, ["row"] = 0 },
        };
        Append(new JsonObject { ["topic"] = $"demo.shop.{table}", ["key"] = key, ["value"] = value?.ToJsonString(), ["headers"] = new JsonArray() }.ToJsonString() + "\n");
    }

    /// <summary>A row as text, each value as Python prints it; absent columns are null.</summary>
    public static string Plain(JsonObject row) => string.Join('|', row
        .Where(c => c.Value is not null).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={Value(c.Key, c.Value!)}"));

    public static string Amount(JsonNode base64)
    {
        var unscaled = new BigInteger(Convert.FromBase64String((string)base64!), isBigEndian: true);
        return ((decimal)unscaled / 100).ToString("0.00", CultureInfo.InvariantCulture);
    }

    public static string Raw(JsonNode value) => value.ToJsonString(Relaxed);

    private static string Value(string column, JsonNode value)
    {
        if (Amounts.Contains(column))
        {
            return Amount(value);
        }

        if (Milliseconds.Contains(column))
        {
            return Moment(DateTimeOffset.FromUnixTimeMilliseconds((long)value).UtcDateTime);
        }

        return Timestamps.Contains(column)
            ? Moment(DateTime.Parse((string)value!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal))
            : Raw(value);
    }

    private static string Moment(DateTime moment) => moment.ToString(moment.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private void Append(string text)
    {
        _text.Append(text);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            JsonNode record = JsonNode.Parse(line)!;
            if (((string)record["topic"]!).Split('.') is not [_, _, string table])
            {
                // Schema changes, in the topic named by the prefix.
                continue;
            }

            Records.Add((table, (string?)record["key"], record["value"] is { } value ? JsonNode.Parse((string)value!)!.AsObject() : null));
        }
    }
}
