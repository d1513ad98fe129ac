using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.UnitTests.Definitions;

/// <summary>Statements after which the bridge once knew another table than the server: the oracle in tests/Bridge.IntegrationTests prints such lines.</summary>
public sealed class OracleRegressionTests
{
    public static TheoryData<string> Lines => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Definitions", "oracle-regressions.jsonl"))];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Statements_leave_the_table_that_the_server_told(string line)
    {
        var regression = DefinitionCase.Parse(line);
        var tables = new DefinitionCatalog();
        var follower = new StatementFollower(tables, SqlDialect.Of(regression.Kind));

        foreach (string statement in regression.Statements)
        {
            follower.Apply(statement, regression.Schema);
        }

        Assert.Empty(regression.Expected.DifferencesOf(tables.Find(new TableId(regression.Schema, regression.Table))));
    }
}
