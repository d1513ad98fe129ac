using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Canal.Client;
using CanalBridge.Loop.Fetch;
using CanalBridge.Options;

namespace CanalBridge.Commands.Check;

/// <summary>The way from here to the first row of a Canal destination.</summary>
/// <remarks>
/// It acknowledges nothing and never sends a filter. Up to the subscription it only asks (<see cref="CanalConnection.ProbeAsync"/>); it subscribes a client id that
/// Canal does not know, which is what the bridge's first start does, and, only when told, one on servers of which none runs the destination: nobody can
/// say then whether it is known, and the filter that a lazy instance keeps with it is replaced by none. It gives back what it reads, and reads only where
/// nobody else can be reading, or where it was told to.
/// </remarks>
internal sealed class CanalCheck(BridgeOptions options, CheckSettings settings, Exchange exchange, Chain chain)
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly CanalOptions _canal = options.Canal;
    private readonly CanalClientOptions _client = ClientOptions(options.Canal);
    private IReadOnlyList<CanalEndpoint> _servers = CanalEndpoint.ParseList(options.Canal.Endpoints!);
    private CanalEndpoint _active;
    private CanalDestinationState _state;
    private bool _subscribedHere;

    public async Task RunAsync()
    {
        TimeSpan limit = settings.StepLimit;
        await chain.StepAsync(Steps.CanalDns, limit, async (findings, stop) => _servers = Endpoints(await NetworkProbe.ResolveAsync(Hosts(), "Canal:Endpoints", findings, stop)));
        await chain.StepAsync(Steps.CanalTcp, limit, async (findings, stop) =>
            _servers = Endpoints(await NetworkProbe.ConnectAsync(Hosts(), _client.ConnectTimeout, new Said(Texts.CanalTcpRemedy), findings, stop)));
        await chain.StepAsync(Steps.CanalGreeting, limit, GreetAsync);
        await chain.StepAsync(Steps.CanalLogin, limit, LogInAsync);
        await chain.StepAsync(Steps.CanalDestination, limit, FindDestinationAsync);
        await chain.StepAsync(Steps.CanalSubscription, limit, TellSubscriptionAsync);
        await chain.StepAsync(Steps.CanalFilter, limit, TellFilterAsync);

        // Kafka's answer is waited for here, not in the step.
        PositionLook position = await exchange.Position;
        await chain.StepAsync(Steps.CanalRow, settings.Wait + limit, (findings, stop) => ReadRowAsync(findings, position, stop));
    }

    /// <summary>As the bridge's, but impatient; an interval of the session that is not used here must not contradict them.</summary>
    private static CanalClientOptions ClientOptions(CanalOptions canal)
    {
        CanalClientOptions client = CanalClientSettings.From(canal);
        client.ConnectTimeout = Shorter(client.ConnectTimeout);
        client.ResponseTimeout = Shorter(client.ResponseTimeout);
        client.IdleWait = TimeSpan.FromMilliseconds(50);
        return client;
    }

    private static TimeSpan Shorter(TimeSpan time) => time < ConnectLimit ? time : ConnectLimit;

    private static IReadOnlyList<CanalEndpoint> Endpoints(IReadOnlyList<(string Host, int Port)> hosts) => [.. hosts.Select(static h => new CanalEndpoint(h.Host, h.Port))];

    private IReadOnlyList<(string Host, int Port)> Hosts() => [.. _servers.Select(static s => (s.Host, s.Port))];

    private async Task GreetAsync(Findings findings, CancellationToken cancellationToken)
    {
        Said?[] heard = await Task.WhenAll(_servers.Select(server => CanalGreeting.HearAsync(server, _client.ResponseTimeout, cancellationToken)));
        bool any = heard.Any(static h => h is null);
        for (int i = 0; i < heard.Length; i++)
        {
            if (heard[i] is { } other)
            {
                bool isLost = other.Text == Texts.Reason;
                NetworkProbe.Tell(findings, any, new Said(isLost ? Texts.TcpFailed : Texts.GreetingWrong, _servers[i], other), new Said(isLost ? Texts.CanalTcpRemedy : Texts.GreetingRemedy));
            }
            else
            {
                findings.Ok(Texts.GreetingHeard, _servers[i]);
            }
        }

        _servers = [.. _servers.Where((_, i) => heard[i] is null)];
    }

    private async Task LogInAsync(Findings findings, CancellationToken cancellationToken)
    {
        CanalException?[] failures = await Task.WhenAll(_servers.Select(server => TryAsync(server, static (_, _) => Task.CompletedTask, cancellationToken)));
        bool any = failures.Any(static f => f is null);
        for (int i = 0; i < failures.Length; i++)
        {
            switch (failures[i])
            {
                case null when string.IsNullOrEmpty(_canal.Username):
                    findings.Ok(Texts.LoginAnonymous, _servers[i]);
                    break;
                case null:
                    findings.Ok(Texts.LoginAccepted, _servers[i], _canal.Username!);
                    break;
                case CanalServerException when string.IsNullOrEmpty(_canal.Username):
                    NetworkProbe.Tell(findings, any, new Said(Texts.LoginMissing, _servers[i]), new Said(Texts.LoginRemedy));
                    break;
                case CanalServerException:
                    NetworkProbe.Tell(findings, any, new Said(Texts.LoginRefused, _servers[i], _canal.Username!), new Said(Texts.LoginRemedy));
                    break;
                case { } failure:
                    NetworkProbe.Tell(findings, any, new Said(Texts.Reason, new Quoted(failure.Message)), new Said(Texts.LoginLostRemedy));
                    break;
            }
        }

        _servers = [.. _servers.Where((_, i) => failures[i] is null)];
    }

    private async Task FindDestinationAsync(Findings findings, CancellationToken cancellationToken)
    {
        bool found = false;
        var without = new List<CanalEndpoint>();
        var lost = new List<CanalException>();
        foreach (CanalEndpoint server in _servers)
        {
            CanalDestinationState state = CanalDestinationState.NotRunning;
            CanalException? failure = await TryAsync(server, async (connection, stop) => state = await connection.ProbeAsync(stop), cancellationToken);
            if (failure is not null)
            {
                lost.Add(failure);
            }
            else if (state == CanalDestinationState.NotRunning)
            {
                without.Add(server);
            }
            else if (!found)
            {
                (found, _active, _state) = (true, server, state);
                findings.Ok(Texts.DestinationRuns, _canal.Destination!, server);
            }
            else
            {
                findings.Warn(new Said(Texts.DestinationTwice, _canal.Destination!, _active, server), new Said(Texts.DestinationTwiceRemedy));
            }
        }

        // Only where no server was seen to run it, and none could be running it unseen.
        if (!found && lost.Count == 0 && settings.Read && await StartLazyAsync(without, lost, cancellationToken) is { } started)
        {
            (found, _active, _state, _subscribedHere) = (true, started, CanalDestinationState.Subscribed, true);
            without.Remove(started);
            findings.Ok(Texts.DestinationRuns, _canal.Destination!, started);
        }

        foreach (CanalException failure in lost)
        {
            NetworkProbe.Tell(findings, found, new Said(Texts.Reason, new Quoted(failure.Message)), new Said(Texts.LoginLostRemedy));
        }

        foreach (CanalEndpoint server in without)
        {
            if (found)
            {
                // The usual state of a cluster's other nodes: no reason to warn.
                findings.Ok(Texts.DestinationStandby, _canal.Destination!, server);
            }
            else
            {
                findings.Fail(new Said(Texts.DestinationUnknown, _canal.Destination!, server), new Said(Texts.DestinationRemedy, _canal.Destination!));
            }
        }
    }

    /// <summary>A lazy instance is started by a subscription alone; one that does not exist would leave a trace on the server, so that is tried only when told.</summary>
    /// <returns>The first server that runs the destination now; null when none does.</returns>
    private async Task<CanalEndpoint?> StartLazyAsync(List<CanalEndpoint> servers, List<CanalException> lost, CancellationToken cancellationToken)
    {
        foreach (CanalEndpoint server in servers)
        {
            CanalException? failure = await TryAsync(server, (connection, stop) => connection.SubscribeAsync(filter: null, stop), cancellationToken);
            if (failure is null)
            {
                return server;
            }

            if (failure is not CanalServerException { IsDestinationNotRunning: true })
            {
                lost.Add(failure);
            }
        }

        return null;
    }

    private Task TellSubscriptionAsync(Findings findings, CancellationToken cancellationToken)
    {
        Text found = _subscribedHere ? Texts.SubscribedByCheck : _state == CanalDestinationState.Subscribed ? Texts.Subscribed : Texts.NotSubscribed;
        findings.Ok(found, _canal.ClientId, _canal.Destination!);
        return Task.CompletedTask;
    }

    private Task TellFilterAsync(Findings findings, CancellationToken cancellationToken)
    {
        if (_canal.Filter.Length == 0)
        {
            findings.Ok(Texts.FilterOfServer);
        }
        else if (_canal.Filter.Any(char.IsWhiteSpace))
        {
            findings.Warn(new Said(Texts.FilterBlanks, _canal.Filter), new Said(Texts.FilterBlanksRemedy));
        }
        else
        {
            findings.Ok(Texts.FilterReplaces, _canal.Filter);
        }

        return Task.CompletedTask;
    }

    private async Task ReadRowAsync(Findings findings, PositionLook position, CancellationToken cancellationToken)
    {
        if (position == PositionLook.Stored && _state != CanalDestinationState.Subscribed)
        {
            findings.Warn(new Said(Texts.CursorForgotten, _canal.Destination!, _canal.ClientId), new Said(Texts.CursorForgottenRemedy, _canal.Destination!));
        }

        if (!settings.Read && (position != PositionLook.None || _state == CanalDestinationState.Subscribed))
        {
            Text reason = position switch
            {
                PositionLook.Stored => Texts.RowBridgeMayRun,
                PositionLook.Unknown => Texts.RowKafkaUnknown,
                _ => Texts.RowOtherClient,
            };
            findings.Skip(new Said(reason, _canal.ClientId), new Said(Texts.RowReadRemedy));
            return;
        }

        FirstRow? row = null;
        CanalException? failure = await TryAsync(_active, async (connection, stop) => row = await FirstRow.ReadAsync(connection, _state, settings.Wait, isBesideBridge: position != PositionLook.None, stop), cancellationToken);
        if (failure is not null)
        {
            findings.Fail(new Said(Texts.Reason, new Quoted(failure.Message)), new Said(Texts.RowLostRemedy));
        }
        else
        {
            Tell(findings, row!);
        }
    }

    private void Tell(Findings findings, FirstRow row)
    {
        if (row.Statements > 0)
        {
            findings.Warn(new Said(Texts.RowStatements, row.Statements), new Said(Texts.BinlogFormatRemedy));
        }

        if (row.Table is not { } table)
        {
            if (row.IsCutShort)
            {
                findings.Warn(new Said(Texts.RowNotInBatch, row.Entries), new Said(Texts.RowNotInBatchRemedy));
                return;
            }

            findings.Warn(new Said(Texts.RowNone, settings.Wait.TotalSeconds, row.Entries), new Said(Texts.RowNoneRemedy, _canal.Destination!));
            return;
        }

        exchange.Tell(table);
        string name = $"{table.Schema}.{table.Table}";
        findings.Ok(Texts.RowSeen, name, row.EventType, row.Position, row.Time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), new Said(row.HasGtid ? Texts.ModeGtid : Texts.ModeFile));
        if (_canal.Filter.Length > 0 && !Matches(_canal.Filter, name))
        {
            findings.Warn(new Said(Texts.RowNotInFilter, name, _canal.Filter), new Said(Texts.RowNotInFilterRemedy));
        }
    }

    /// <summary>As Canal matches: whole name, any case.</summary>
    private static bool Matches(string filter, string table) =>
        Regex.IsMatch(table, $"^(?:{string.Join('|', filter.Split(',').Select(static p => $"(?:{p})"))})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>Connects, logs in and does something; gives what went wrong.</summary>
    private async Task<CanalException?> TryAsync(CanalEndpoint server, Func<CanalConnection, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await using CanalConnection connection = await CanalConnection.ConnectAsync(server, _client, cancellationToken);
            await work(connection, cancellationToken);
            return null;
        }
        catch (CanalException e)
        {
            return e;
        }
        catch (SocketException e)
        {
            return new CanalConnectionException(e.Message, e);
        }
    }
}
