using System.Globalization;
using System.Text.RegularExpressions;
using CanalBridge.Options;
using CanalBridge.Serialization;
using CanalBridge.Source;
using MySqlConnector;

namespace CanalBridge.Commands.Check;

/// <summary>The source database, where the options say how to reach it: read-only.</summary>
internal sealed class SourceCheck(SourceOptions options, CheckSettings settings, Chain chain)
{
    private const uint MostSeconds = 5;

    public async Task RunAsync()
    {
        if (options.ConnectionString is null)
        {
            chain.Skip(new Said(Texts.SourceNotSet), Steps.SourceConnection, Steps.SourceBinlog, Steps.SourceTables);
            return;
        }

        var to = new MySqlConnectionStringBuilder(options.ConnectionString) { Pooling = false, ApplicationName = "canal-bridge check" };
        to.ConnectionTimeout = to.DefaultCommandTimeout = MostSeconds;
        await using var connection = new MySqlConnection(to.ConnectionString);
        await chain.StepAsync(Steps.SourceConnection, settings.StepLimit, (findings, stop) => ConnectAsync(connection, $"{to.Server}:{to.Port}", to.UserID, findings, stop));
        await chain.StepAsync(Steps.SourceBinlog, settings.StepLimit, (findings, stop) => TellBinlogAsync(connection, findings, stop));
        await chain.StepAsync(Steps.SourceTables, settings.StepLimit, (findings, stop) => TellTablesAsync(connection, to.UserID, findings, stop));
    }

    /// <summary>What an operator should change in the source's variables; a variable that a version does not have is absent.</summary>
    public static IEnumerable<(Said Detail, Said Remedy, bool IsFailure)> Judge(IReadOnlyDictionary<string, string> variables)
    {
        string Of(string name) => variables.GetValueOrDefault(name, "").ToUpperInvariant();
        if (Of("log_bin") is "OFF" or "0")
        {
            yield return (new Said(Texts.BinlogOff), new Said(Texts.BinlogOffRemedy), true);
        }

        if (Of("binlog_format") is { Length: > 0 } format and not "ROW")
        {
            yield return (new Said(Texts.BinlogFormat, format), new Said(Texts.BinlogFormatRemedy), true);
        }

        if (Of("binlog_row_image") is { Length: > 0 } image and not "FULL")
        {
            yield return (new Said(Texts.BinlogImage, image), new Said(Texts.BinlogImageRemedy), false);
        }

        if (Of("binlog_row_value_options").Contains("PARTIAL_JSON", StringComparison.Ordinal))
        {
            yield return (new Said(Texts.BinlogPartialJson), new Said(Texts.BinlogPartialJsonRemedy), false);
        }

        if (Of("binlog_transaction_compression") is "ON" or "1")
        {
            yield return (new Said(Texts.BinlogCompressed), new Said(Texts.BinlogCompressedRemedy), false);
        }
    }

    private async Task ConnectAsync(MySqlConnection connection, string server, string user, Findings findings, CancellationToken cancellationToken)
    {
        try
        {
            await connection.OpenAsync(cancellationToken);
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied)
        {
            findings.Fail(new Said(Texts.SourceRefused, server, user), new Said(Texts.SourceRefusedRemedy));
            return;
        }
        catch (MySqlException e)
        {
            findings.Fail(new Said(Texts.SourceUnreachable, server, new Quoted(e.Message.TrimEnd('.'))), new Said(Texts.SourceUnreachableRemedy));
            return;
        }

        findings.Ok(Texts.SourceConnected, server, new Quoted(connection.ServerVersion), user, findings.Milliseconds);
        if (ServerVersion.KindOf(connection.ServerVersion) != options.Kind)
        {
            string other = options.Kind == SourceKind.MariaDb ? "mysql" : "mariadb";
            findings.Warn(new Said(Texts.SourceKind, new Quoted(connection.ServerVersion), options.Kind.ToString().ToLowerInvariant()), new Said(Texts.SourceKindRemedy, other));
        }
    }

    private async Task TellBinlogAsync(MySqlConnection connection, Findings findings, CancellationToken cancellationToken)
    {
        Dictionary<string, string> variables = await ReadAsync(connection, "SHOW GLOBAL VARIABLES WHERE Variable_name LIKE 'binlog\\_%' OR Variable_name IN ('log_bin', 'server_id', 'time_zone', 'system_time_zone')", cancellationToken);
        string Of(string name) => variables.GetValueOrDefault(name, "?");
        findings.Ok(Texts.BinlogSettings, Of("binlog_format"), Of("binlog_row_image"), Of("binlog_row_metadata"), Of("server_id"), Of("time_zone") == "SYSTEM" ? Of("system_time_zone") : Of("time_zone"), options.CanalTimeZone);
        foreach ((Said detail, Said remedy, bool isFailure) in Judge(variables))
        {
            if (isFailure)
            {
                findings.Fail(detail, remedy, standsAlone: true);
            }
            else
            {
                findings.Warn(detail, remedy);
            }
        }

        // TIMESTAMP arrives as text in the zone of Canal's JVM; one with daylight saving has hours that come twice.
        if (TimeZoneInfo.FindSystemTimeZoneById(options.CanalTimeZone).SupportsDaylightSavingTime)
        {
            findings.Warn(new Said(Texts.TimeZoneDaylight, options.CanalTimeZone), new Said(Texts.TimeZoneRemedy));
        }
    }

    private static async Task TellTablesAsync(MySqlConnection connection, string user, Findings findings, CancellationToken cancellationToken)
    {
        const string tables = "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema') LIMIT 1000";
        var names = new List<(string Schema, string Table)>();
        await using (MySqlCommand command = Command(connection, tables))
        await using (MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                names.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        if (names.Count == 0)
        {
            findings.Warn(new Said(Texts.TablesNone, user), new Said(Texts.TablesRemedy, user));
            return;
        }

        (string schema, string table) = names[0];
        try
        {
            await ReadAsync(connection, $"SHOW CREATE TABLE `{schema.Replace("`", "``", StringComparison.Ordinal)}`.`{table.Replace("`", "``", StringComparison.Ordinal)}`", cancellationToken);
            findings.Ok(Texts.TablesSeen, names.Count.ToString(CultureInfo.InvariantCulture), $"{schema}.{table}");
        }
        catch (MySqlException e)
        {
            findings.Fail(new Said(Texts.TableRefused, $"{schema}.{table}", new Quoted(e.Message.TrimEnd('.'))), new Said(Texts.TablesRemedy, user));
            return;
        }

        await TellUnreadableTablesAsync(connection, findings, cancellationToken);
    }

    /// <summary>A large catalogue may take longer than a step may: then this says so, and the rest stands.</summary>
    private static async Task TellUnreadableTablesAsync(MySqlConnection connection, Findings findings, CancellationToken cancellationToken)
    {
        try
        {
            foreach (UnreadableTable table in await UnreadableTables.FindAsync(connection, cancellationToken))
            {
                var detail = new Said(Texts.TableUnreadable, table.Name, new Said(table.Cause));
                findings.Warn(detail, new Said(Texts.TableUnreadableRemedy, Regex.Escape(table.Name)));
            }
        }
        catch (MySqlException e)
        {
            findings.Ok(Texts.TablesNotLookedAt, new Quoted(e.Message.TrimEnd('.')));
        }
    }

    private static async Task<Dictionary<string, string>> ReadAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        await using MySqlCommand command = Command(connection, sql);
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            values[reader.GetString(0)] = reader.GetString(1);
        }

        return values;
    }

    private static MySqlCommand Command(MySqlConnection connection, string sql)
    {
        MySqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant statements, but for a table's name, which is quoted.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
