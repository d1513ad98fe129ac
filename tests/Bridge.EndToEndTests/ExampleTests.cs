using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CanalBridge.Testing.Peers;

namespace CanalBridge.EndToEndTests;

/// <summary>The Python examples on the demo's lines, and the columns of the Flink example: each against what the lines say.</summary>
public sealed class ExampleTests : IDisposable
{
    private const string Dump = """
        import json, sqlite3, sys
        database = sqlite3.connect(sys.argv[1])
        database.row_factory = sqlite3.Row
        for row in database.execute(f'SELECT * FROM "{sys.argv[2]}"'):
            print(json.dumps(dict(row), ensure_ascii=False))
        """;

    private static readonly string[] Tables = ["customers", "order_items", "orders", "price_changes", "products", "stock"];
    private static readonly string ShopRecording = Path.Combine(Repository.Root, "src", "Bridge", "Commands", "Demo", "shop.frames");
    private readonly string _database = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.sqlite");

    public void Dispose() => File.Delete(_database);

    [Fact]
    public async Task Mirror_holds_the_last_state_of_every_row_even_if_all_is_read_twice()
    {
        ShopLines lines = await ShopLines.OfDemoAndMoreAsync();
        lines.Add("keyless", null, "c", null, new JsonObject { ["n"] = 1 });

        await RunAsync(lines.Text, "mirror.py", "--database", _database);
        string[] summary = await RunAsync(lines.Text, "mirror.py", "--database", _database);

        Assert.Equal(
            [.. Tables.Select(t => $"{t}: {lines.Rows(t).Count} rows"), "1 records of tables without key left out: a pipe has no offsets"], summary);
        await AssertMirroredAsync(lines);
    }

    [Fact]
    public async Task Mirror_needs_no_types_told_where_records_have_schemas()
    {
        (int exitCode, string records, string errors) = await BridgeProcess.ExecuteAsync(
            "map", ShopRecording, "--Topics:Prefix=demo", "--Source:Kind=mariadb", "--Envelope:SchemasEnable=true");
        Assert.True(exitCode == 0, errors);
        const string withoutTypes = "import debezium, runpy, sys; debezium.SHOP = {}; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')";

        await RunAsync(records, "-c", withoutTypes, "mirror.py", "--database", _database);

        await AssertMirroredAsync(await ShopLines.OfDemoAsync());
    }

    [Fact]
    public async Task Backup_restores_a_table_as_it_was_at_any_moment()
    {
        ShopLines lines = await ShopLines.OfDemoAsync();
        lines.Add("keyless", null, "c", null, new JsonObject { ["n"] = 1 });

        await RunAsync(lines.Text, "backup.py", "--database", _database);
        string[] summary = await RunAsync(lines.Text, "backup.py", "--database", _database);

        Assert.Equal(
            Sorted([.. Tables.Select(t => $"{t}: {lines.Records.Count(r => r.Table == t && r.Envelope is not null)} changes, {lines.Rows(t).Count} rows now"), "keyless: 1 changes, no key"]), summary);
        foreach (string table in new[] { "orders", "products" })
        {
            long[] places = [.. lines.Records.Where(r => r.Table == table && r.Envelope is not null).Select(r => (long)r.Envelope!["source"]!["pos"]!).Distinct().Order()];
            foreach (long place in new[] { places[0], places[places.Length / 3], places[places.Length / 2], places[^2], long.MaxValue })
            {
                string[] restored = await RunAsync("", "backup.py", "--database", _database, "--restore", table, "--at", string.Create(CultureInfo.InvariantCulture, $"mysql-bin.000004:{place}"));
                Assert.Equal(Sorted(lines.Rows(table, place).Values.Select(ShopLines.Plain)), Sorted(restored.Select(Restored)));
            }
        }

        Assert.Empty(await RunAsync("", "backup.py", "--database", _database, "--restore", "orders", "--at", "2020-01-01T00:00:00"));
    }

    [Fact]
    public async Task Indexes_know_the_orders_of_each_buyer_and_article()
    {
        ShopLines lines = await ShopLines.OfDemoAsync();

        string[] summary = await RunAsync(lines.Text, "indexes.py");

        JsonObject[] orders = [.. lines.Rows("orders").Values], items = [.. lines.Rows("order_items").Values];
        ILookup<int, int> byBuyer = orders.ToLookup(o => (int)o["customer_id"]!, o => (int)o["id"]!), byArticle = items.ToLookup(i => (int)i["product_id"]!, i => (int)i["order_id"]!);
        Assert.Equal(
            [
                $"{orders.Length} orders of {byBuyer.Count} buyers, {items.Length} lines of {byArticle.Count} articles",
                .. byBuyer.OrderByDescending(b => b.Count()).ThenBy(b => b.Key).Take(3).Select(b => $"buyer {b.Key}: {Orders(b)}"),
                .. byArticle.OrderByDescending(a => a.Count()).ThenBy(a => a.Key).Take(3).Select(a => $"article {a.Key}: {Orders(a)}"),
            ],
            summary);

        static string Orders(IEnumerable<int> all)
        {
            int[] ids = [.. all.Distinct().Order()];
            return $"{ids.Length} orders: {string.Join(' ', ids)}";
        }
    }

    [Fact]
    public async Task Search_finds_what_products_are_called_now()
    {
        ShopLines lines = await ShopLines.OfDemoAndMoreAsync();
        string[] queries = ["kettle", "Deluxe toaster", "classic toaster", "renamed", "compact kitchen", "1008", "knife"];

        string[] summary = await RunAsync(lines.Text, ["search.py", .. queries]);

        JsonObject[] products = [.. lines.Rows("products").Values.OrderBy(p => (int)p["id"]!)];
        HashSet<string>[] words = [.. products.Select(p => Regex.Split($"{p["title"]} {p["category"]} {p["sku"]} {p["ean"]}".ToUpperInvariant(), @"\W+").Where(w => w.Length > 0).ToHashSet())];
        Assert.Equal(
            [
                $"{products.Length} products, {words.SelectMany(w => w).Distinct().Count()} words",
                .. queries.Select(q => $"{q}: {(Found(q) is { Length: > 0 } found ? string.Join("; ", found) : "nothing")}"),
            ],
            summary);

        string[] Found(string query) => [.. products.Where((_, i) => query.ToUpperInvariant().Split(' ').All(words[i].Contains)).Select(p => (string)p["title"]!)];
    }

    [Fact]
    public async Task Cache_gives_the_new_product_right_after_its_update()
    {
        ShopLines lines = await ShopLines.OfDemoAndMoreAsync();

        string[] summary = await RunAsync(lines.Text, "cache.py");

        int set = lines.Records.Count(r => r.Table == "products" && r.Envelope?["after"] is not null);
        int updates = lines.Records.Count(r => r.Table == "products" && (string?)r.Envelope?["op"] == "u");
        int dropped = lines.Records.Count(r => r.Table is "orders" or "order_items");
        JsonObject[] products = [.. lines.Rows("products").Values.OrderBy(p => (int)p["id"]!)];
        Assert.Equal(
            [
                $"{set} entries set, {dropped} invalidations of orders, {products.Length} entries now",
                $"{updates} reads right after an update: {updates} hits, 0 stale",
                .. products.Take(3).Select(p => $"product {p["id"]}: {p["title"]}, {ShopLines.Amount(p["price"]!)}"),
            ],
            summary);
    }

    [Fact]
    public async Task Price_messages_are_those_that_the_shop_kept_account_of_itself()
    {
        ShopLines lines = await ShopLines.OfDemoAndMoreAsync();

        string[] messages = await RunAsync(lines.Text, "prices.py");

        // The shop writes each change of a price into a table of its own.
        Assert.Equal(
            Sorted(lines.Rows("price_changes").Values.Select(c => $"{c["product_id"]}: {ShopLines.Amount(c["old_price"]!)} {ShopLines.Amount(c["new_price"]!)}")),
            Sorted(messages.Select(m => JsonNode.Parse(m)!).Select(m => $"{m["product"]}: {m["old"]} {m["new"]}")));
        Assert.Equal(messages.Length, messages.Select(m => (string)JsonNode.Parse(m)!["id"]!).Distinct().Count());
    }

    [Fact]
    public async Task Missing_kafka_client_is_told_with_the_remedy()
    {
        // -S: without packages.
        (int exitCode, _, string errors) = await ExampleProcess.PythonAsync("", "-S", "search.py", "--bootstrap", "127.0.0.1:1");

        Assert.Equal(1, exitCode);
        Assert.Contains("pip install confluent-kafka", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flink_tables_have_the_columns_of_the_records_with_types_that_read_them()
    {
        string ddl = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "examples", "flink-sql", "shop.sql"), TestContext.Current.CancellationToken);
        (int exitCode, string output, string errors) = await BridgeProcess.ExecuteAsync(
            "map", ShopRecording, "--Topics:Prefix=demo", "--Source:Kind=mariadb", "--Envelope:DecimalHandlingMode=string");
        Assert.True(exitCode == 0, errors);
        JsonElement[] records = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

        foreach (string table in Tables)
        {
            string body = Regex.Match(ddl, $@"CREATE TABLE {table} \((.*?)\) WITH", RegexOptions.Singleline).Groups[1].Value;
            Dictionary<string, string> columns = Regex.Matches(body, @"^  (\w+) ([A-Z_]+(?:\(\d+(?:, \d+)?\))?),?$", RegexOptions.Multiline).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
            JsonElement[] rows = [.. records.Where(r => r.GetProperty("topic").GetString() == $"demo.shop.{table}" && r.GetProperty("value").ValueKind != JsonValueKind.Null)
                .Select(r => JsonDocument.Parse(r.GetProperty("value").GetString()!).RootElement.GetProperty("after")).Where(r => r.ValueKind == JsonValueKind.Object)];
            Assert.NotEmpty(rows);
            Assert.Equal(rows.SelectMany(r => r.EnumerateObject().Select(c => c.Name)).Distinct().Order(), columns.Keys.Order());
            Assert.All(rows.SelectMany(r => r.EnumerateObject()), value => Assert.True(IsReadAs(columns[value.Name], value.Value), $"{table}.{value.Name} is {columns[value.Name]}, the value {value.Value.GetRawText()}"));
        }
    }

    private static bool IsReadAs(string type, JsonElement value) => (type, value.ValueKind) switch
    {
        (_, JsonValueKind.Null) => true,
        ("STRING", JsonValueKind.String) => true,
        ("TINYINT", JsonValueKind.Number) => value.TryGetSByte(out _),
        ("INT", JsonValueKind.Number) => value.TryGetInt32(out _),
        ("BIGINT", JsonValueKind.Number) => value.TryGetInt64(out _),
        ("FLOAT", JsonValueKind.Number) => true,
        (_, JsonValueKind.String) when type.StartsWith("DECIMAL", StringComparison.Ordinal) => Regex.IsMatch(value.GetString()!, @"^-?\d+\.\d\d$"),
        (_, JsonValueKind.String) when type.StartsWith("TIMESTAMP_LTZ", StringComparison.Ordinal) => Regex.IsMatch(value.GetString()!, $@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d{(type == "TIMESTAMP_LTZ(0)" ? "" : $@"\.\d{{{type[14]}}}")}Z$"),
        _ => false,
    };

    private static async Task<string[]> RunAsync(string input, params string[] arguments)
    {
        (int exitCode, string output, string errors) = await ExampleProcess.PythonAsync(input, arguments);
        Assert.True(exitCode == 0, errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string[] Sorted(IEnumerable<string> rows) => [.. rows.Order(StringComparer.Ordinal)];

    /// <summary>A printed row in the form of <see cref="ShopLines.Plain"/>: its values are decoded already.</summary>
    private static string Restored(string line) => string.Join('|', JsonNode.Parse(line)!.AsObject()
        .Where(c => c.Value is not null).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={Decoded(c.Key, c.Value!)}"));

    private static string Decoded(string column, JsonNode value) =>
        column.EndsWith("_at", StringComparison.Ordinal) || column.EndsWith("price", StringComparison.Ordinal) || column == "total" ? (string)value! : ShopLines.Raw(value);

    private async Task AssertMirroredAsync(ShopLines lines)
    {
        foreach (string table in Tables)
        {
            string[] mirrored = await RunAsync("", "-c", Dump, _database, table);
            Assert.Equal(Sorted(lines.Rows(table).Values.Select(ShopLines.Plain)), Sorted(mirrored.Select(Restored)));
        }
    }
}
