using System.Globalization;
using CanalBridge.IntegrationTests.Definitions;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.IntegrationTests;

/// <summary>The server is the judge: behind each statement that it took, what is known of a table is what the server tells of it.</summary>
/// <remarks>
/// What is followed is what stands in the server's binlog, as with Canal. A finding comes with its line for
/// tests/Serialization.UnitTests/Definitions/oracle-regressions.jsonl. ORACLE_STATEMENTS is how many statements are generated, ORACLE_SEED what from.
/// </remarks>
public sealed class DefinitionOracleTests
{
    /// <summary>They hold gigabytes of rows.</summary>
    private static readonly string[] Heavy = ["36-", "37-"];

    /// <summary>Recordings with many kinds of definitions.</summary>
    private static readonly string[] Recorded = ["02-", "03-time.", "04-", "05-", "06-", "07-", "08-", "10-", "16-", "17-"];

    [Theory]
    [InlineData("mariadb")]
    [InlineData("mysql")]
    public async Task Statements_that_a_server_took_leave_the_tables_that_it_tells(string kind)
    {
        await using PeerStack peers = await PeerStack.StartServerAsync(kind);
        await using MySqlConnection watch = await peers.ConnectAsync(), session = await peers.ConnectAsync();
        string version = await Sql.TextAsync(watch, "SELECT VERSION()");
        await Sql.ExecuteAsync(session, "SET GLOBAL sync_binlog = 0, GLOBAL innodb_flush_log_at_trx_commit = 0");
        var files = new DefinitionOracle(watch, kind);
        foreach (string file in FilesOf(kind))
        {
            await RunFileAsync(peers, file, files, session);
        }

        var generated = new DefinitionOracle(watch, kind);
        int seed = Setting("ORACLE_SEED", 5), statements = Setting("ORACLE_STATEMENTS", 200);
        var generator = new StatementGenerator(seed, kind == "mariadb");
        await generated.RunAsync(session, "DROP DATABASE IF EXISTS oracle");
        await generated.RunAsync(session, "CREATE DATABASE oracle CHARACTER SET utf8mb4");
        await generated.RunAsync(session, "USE oracle");
        for (int i = 0; i < statements; i++)
        {
            await generated.RunAsync(session, generator.Next(generated.Tables));
        }

        TestContext.Current.SendDiagnosticMessage($"{version}: files {files.Counts}; seed {seed} {generated.Counts}");
        Assert.True(generated.Taken > statements / 4, $"Of {statements} statements the server took {generated.Taken}.");
        Assert.True(files.Findings.Count + generated.Findings.Count == 0, $"{version}: files {files.Counts}; seed {seed} {generated.Counts}\n"
            + string.Join('\n', files.Findings.Concat(generated.Findings)));
    }

    /// <summary>Each file in a session of its own, as its author ran it.</summary>
    private static async Task RunFileAsync(PeerStack peers, string file, DefinitionOracle oracle, MySqlConnection after)
    {
        await using (MySqlConnection session = await peers.ConnectAsync())
        {
            foreach (string request in SqlScript.RequestsOf(await File.ReadAllTextAsync(file)).Where(static request => !IsOfRows(request)))
            {
                await oracle.RunAsync(session, request);
            }
        }

        await oracle.DropAllAsync(after);
    }

    /// <summary>Rows are of no matter here.</summary>
    private static bool IsOfRows(string request) =>
        request.StartsWith("INSERT", StringComparison.OrdinalIgnoreCase) || request.StartsWith("UPDATE", StringComparison.OrdinalIgnoreCase)
        || request.StartsWith("DELETE", StringComparison.OrdinalIgnoreCase) || request.StartsWith("REPLACE", StringComparison.OrdinalIgnoreCase);

    /// <summary>Those in this project, and the corners and recordings where they are at hand.</summary>
    private static IEnumerable<string> FilesOf(string kind)
    {
        string shared = Path.Combine(Repository.Root, "..", "shared");
        string corners = Environment.GetEnvironmentVariable("SHARED_CORNERS") ?? Path.Combine(shared, "corners");
        string recordings = Environment.GetEnvironmentVariable("SHARED_RECORDINGS") ?? Path.Combine(shared, "recordings");
        string other = kind == "mysql" ? "mariadb-only" : "mysql-only";
        return Sorted(Path.Combine(AppContext.BaseDirectory, "Definitions"))
            .Concat(Sorted(Path.Combine(corners, "sql")).Where(file => !file.Contains(other, StringComparison.Ordinal) && !IsAny(file, Heavy)))
            .Concat(Sorted(Path.Combine(recordings, kind)).Where(static file => IsAny(file, Recorded)));

        static IEnumerable<string> Sorted(string folder) =>
            Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.sql").Order(StringComparer.Ordinal) : [];

        static bool IsAny(string file, string[] numbers) => numbers.Any(number => Path.GetFileName(file).StartsWith(number, StringComparison.Ordinal));
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : usual;
}
