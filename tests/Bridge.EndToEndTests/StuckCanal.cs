using System.Diagnostics;
using System.Globalization;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>
/// Behind a rotation of MariaDB's binlog Canal keeps a wrong cursor for a while. If it must dump again from it, it asks for a place where no event
/// begins, again and again: without GTID mode only an operator helps, who sets the cursor to a transaction shortly before the last published row.
/// </summary>
internal sealed class StuckCanal
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly PeerStack _peers;
    private readonly RestartRun _run;
    private readonly int _logged;

    /// <summary>To be made before the fault.</summary>
    public StuckCanal(PeerStack peers, RestartRun run)
    {
        _peers = peers;
        _run = run;
        _logged = peers.CanalLog.Length;
    }

    /// <summary>Waits for rows written from now on; sets the cursor back if Canal asks for a place that is none.</summary>
    public async Task MendAsync()
    {
        long began = Stopwatch.GetTimestamp(), from = _run.Load.LastId;
        while (!_run.Bridge.HasExited && Stopwatch.GetElapsedTime(began) < Limit && !_run.Records.Any(r => r.Operation == "c" && r.After.GetProperty("id").GetInt64() > from))
        {
            if (_peers.CanalLog[_logged..].Contains("errno = 1236", StringComparison.Ordinal))
            {
                await _peers.StopAsync("canal");
                (string file, long position) = await FindTransactionBeforeLastRowAsync();
                _peers.WriteCanalCursor(file, position);
                await _peers.StartAsync("canal");
                return;
            }

            await Task.Delay(50);
        }
    }

    /// <summary>As the operator's guide has it: the tenth transaction before the last published row, whose source block names the true file.</summary>
    private async Task<(string File, long Position)> FindTransactionBeforeLastRowAsync()
    {
        CommittedRecord last = _run.Records.Last(static r => !r.IsTombstone);
        await using MySqlConnection source = await _peers.ConnectAsync();
        long[] begins =
        [
            .. from row in await Sql.RowsAsync(source, $"SHOW BINLOG EVENTS IN '{last.File}'")
               where (string)row[2] == "Gtid"
               select Convert.ToInt64(row[1], CultureInfo.InvariantCulture) into position
               where position <= last.Position.Offset
               select position,
        ];
        return (last.File, begins[Math.Max(0, begins.Length - 10)]);
    }
}
