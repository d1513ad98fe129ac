using CanalBridge.Options;
using CanalBridge.Serialization;
using CanalBridge.Serialization.Tables;
using CanalBridge.Telemetry;
using CanalBridge.Waiting;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace CanalBridge.Source;

/// <summary>Asks the source, read-only, for tables that were there before the bridge. <see cref="RememberedTables"/> keeps its answers.</summary>
internal sealed class SourceTables : ITableStatements
{
    /// <summary>The loop stands meanwhile, an open Kafka transaction with it.</summary>
    private const uint MostSeconds = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SourceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IWaitWitness? _witness;
    private bool _hasCheckedKind;

    /// <param name="options">How to reach it.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    /// <param name="witness">Told while it is asked; null for nobody.</param>
    public SourceTables(SourceOptions options, TimeProvider time, ILogger logger, IWaitWitness? witness = null)
    {
        _witness = witness;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Null where the options do not say how to reach the source.</summary>
    public static SourceTables? Create(SourceOptions options, TimeProvider time, ILogger logger, IWaitWitness? witness = null) =>
        options.ConnectionString is null ? null : new SourceTables(options, time, logger, witness);

    /// <inheritdoc />
    /// <exception cref="SourceUnavailableException">It did not answer within Source:Timeout, or refused.</exception>
    public string? ShowCreateTable(string schema, string table, string shape, CancellationToken cancellationToken = default)
    {
        var patience = new Patience(_time, _witness, _options.Timeout, cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Also where each answer comes at once: a batch may name hundreds of tables.
            _witness?.Alive();
            try
            {
                string? statement = Ask(schema, table, cancellationToken);
                Log.TableAsked(_logger, $"{schema}.{table}");
                return statement;
            }
            catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchTable or MySqlErrorCode.UnknownDatabase or MySqlErrorCode.UnknownTable)
            {
                // Dropped or renamed since: these rows are older than that.
                Log.TableGone(_logger, $"{schema}.{table}");
                return null;
            }
            catch (Exception e) when (e is MySqlException { IsTransient: true } or TimeoutException && !patience.IsOver)
            {
                if (patience.Turn($"The source does not tell the definition of {schema}.{table}: {Reason(e)}"))
                {
                    Log.SourceSilent(_logger, $"{schema}.{table}", Reason(e), _options.Timeout);
                }

                patience.Pause(Pause);
            }
            catch (Exception e)
            {
                // The client has no one exception for what keeps it from an answer: a method of login that it does not know is another.
                ThrowIfStopping(e, cancellationToken);
                var server = new MySqlConnectionStringBuilder(_options.ConnectionString!);
                throw new SourceUnavailableException($"{schema}.{table}", $"{server.Server}:{server.Port}", Reason(e), e);
            }
        }
    }

    /// <inheritdoc />
    /// <remarks>Asked once: nothing but schema changes shows it, so a source that does not answer is no reason to wait or to stop.</remarks>
    public string? DatabaseCharset(string schema, CancellationToken cancellationToken = default)
    {
        _witness?.Alive();
        try
        {
            using MySqlConnection connection = Open(cancellationToken);
            using MySqlCommand command = connection.CreateCommand();
            command.CommandText = "SELECT DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = @schema";
            command.Parameters.AddWithValue("@schema", schema);
            return command.ExecuteScalarAsync(cancellationToken).GetAwaiter().GetResult() as string;
        }
#pragma warning disable CA1031 // Whatever it was, the record goes without.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ThrowIfStopping(e, cancellationToken);
            return null;
        }
    }

    /// <summary>Tells at the start what would else show only at the first table that is asked for.</summary>
    public void Probe(CancellationToken cancellationToken = default)
    {
        try
        {
            using MySqlConnection connection = Open(cancellationToken);
        }
#pragma warning disable CA1031 // It is only told: whether it matters shows at the first table that is asked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                Log.SourceUnreachable(_logger, Reason(e));
            }
        }
    }

    private string? Ask(string schema, string table, CancellationToken cancellationToken)
    {
        using MySqlConnection connection = Open(cancellationToken);
        using MySqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // A statement that takes no parameters; the names come from the binlog and are quoted.
        command.CommandText = $"SHOW CREATE TABLE {Quoted(schema)}.{Quoted(table)}";
#pragma warning restore CA2100
        using MySqlDataReader reader = command.ExecuteReaderAsync(cancellationToken).GetAwaiter().GetResult();
        return reader.Read() && reader.FieldCount > 1 ? reader.GetString(1) : null;
    }

    private MySqlConnection Open(CancellationToken cancellationToken)
    {
        // Not pooled: asked once per table, and the account's connections are few.
        var settings = new MySqlConnectionStringBuilder(_options.ConnectionString!) { Pooling = false, ApplicationName = "canal-bridge" };
        settings.ConnectionTimeout = settings.DefaultCommandTimeout = MostSeconds;
        var connection = new MySqlConnection(settings.ConnectionString);
        try
        {
            connection.OpenAsync(cancellationToken).GetAwaiter().GetResult();
            CheckKind(connection.ServerVersion);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void CheckKind(string version)
    {
        if (!_hasCheckedKind && ServerVersion.KindOf(version) != _options.Kind)
        {
            Log.KindContradicted(_logger, version, _options.Kind.ToString().ToLowerInvariant());
        }

        _hasCheckedKind = true;
    }

    private static void ThrowIfStopping(Exception failure, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("Asked to stop while the source was asked.", failure, cancellationToken);
        }
    }

    private static string Reason(Exception failure) => failure is NotSupportedException
        ? "the account logs in by a method that this client does not have, such as MariaDB's ed25519; "
            + "give it caching_sha2_password, sha256_password or mysql_native_password"
        : failure.Message.TrimEnd('.');

    private static string Quoted(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
}
