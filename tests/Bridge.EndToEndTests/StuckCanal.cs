using System.Diagnostics;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>
/// Behind a rotation of MariaDB's binlog Canal keeps a wrong cursor for a while. If it must dump again from it, it asks for a place where no event
/// begins, again and again: without GTID mode only an operator helps, who sets the cursor back to the start of an earlier file.
/// </summary>
internal sealed class StuckCanal
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly PeerStack _peers;
    private readonly RestartRun _run;
    private readonly string _earlierFile;
    private readonly int _logged;

    private StuckCanal(PeerStack peers, RestartRun run, string earlierFile)
    {
        _peers = peers;
        _run = run;
        _earlierFile = earlierFile;
        _logged = peers.CanalLog.Length;
    }

    /// <summary>To be called before the fault: remembers a file in which everything was acknowledged.</summary>
    public static async Task<StuckCanal> BeforeFaultAsync(PeerStack peers, RestartRun run)
    {
        await using MySqlConnection source = await peers.ConnectAsync();
        string[] files = [.. (await Sql.RowsAsync(source, "SHOW BINARY LOGS")).Select(static row => (string)row[0])];
        return new StuckCanal(peers, run, files[Math.Max(0, files.Length - 2)]);
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
                _peers.WriteCanalCursor(_earlierFile, 4);
                await _peers.StartAsync("canal");
                return;
            }

            await Task.Delay(50);
        }
    }
}
