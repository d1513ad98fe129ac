using System.Globalization;
using CanalBridge.Testing.Peers;
using MySqlConnector;

namespace CanalBridge.EndToEndTests;

/// <summary>What may happen between the source and Canal, for one kind of source and one set-up of Canal.</summary>
public abstract class SourceFaults(FaultPeers stack, ITestOutputHelper output)
{
    /// <summary>Rows of this length fill a binlog file of 1 MiB in about two seconds.</summary>
    private const int LongNote = 1000;

    /// <summary>A small ring in Canal wants small batches.</summary>
    private static readonly (string, string)[] SmallRing = [("Canal__FetchSize", "256"), ("Canal__WindowBytes", "1048576")];

    /// <summary>The set-up, for the names of databases and the lines of the log.</summary>
    private protected abstract string Name { get; }

    private protected abstract bool IsGtidMode { get; }

    private bool IsMySql => Name.StartsWith("mysql", StringComparison.Ordinal);

    private string Server => IsMySql ? "mysql" : "mariadb";

    private protected async Task RotateAsync()
    {
        await using Run at = await StartAsync("rotated", LongNote);
        RestartRun run = at.Restart;
        int files = await BinlogEvents.FilesAsync(at.Source);
        await run.FaultAsync(Name + ": four binlog files filled", Say, () => at.UntilFilesAsync(files + 4));
        await run.FaultAsync(Name + ": binlog flushed twice within a second, and again", Say, async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                await Sql.ExecuteAsync(at.Source, "FLUSH BINARY LOGS");
                await run.UntilRowAfterIsInTheTableAsync(run.Load.LastId + 3);
            }
        });
        await StaleLabelsAsync(at, async () =>
        {
            await run.FaultAsync(Name + ": bridge killed and started right behind a rotation", Say, async () =>
            {
                await FlushAndWriteAsync(at);
                await run.RestartBridgeAsync();
            });
            files = await BinlogEvents.FilesAsync(at.Source);
            await run.FaultAsync(Name + ": two more files filled", Say, () => at.UntilFilesAsync(files + 2));
        });
        await run.AssertTruePositionsAsync();
        // A file without rows leaves no trace in what Canal sends: the name may then be that of the file before, until a label is right again.
        await run.FaultAsync(Name + ": binlog flushed three times at once", Say, () => Sql.ExecuteAsync(at.Source, "FLUSH BINARY LOGS; FLUSH BINARY LOGS; FLUSH BINARY LOGS"));
        await run.AssertEverythingOnceAsync();
        stack.Done();
    }

    private protected async Task RestartCanalBehindRotationAsync()
    {
        await using Run at = await StartAsync("rotated_canal");
        RestartRun run = at.Restart;
        await StaleLabelsAsync(at, () => FaultAsync(at, "Canal killed and started right behind a rotation", async () =>
        {
            await FlushAndWriteAsync(at);
            await at.Peers.KillAsync("canal");
            await at.Peers.StartAsync("canal");
        }));
        await StaleLabelsAsync(at, () => FaultAsync(at, "Canal and bridge killed and started right behind a rotation", async () =>
        {
            await FlushAndWriteAsync(at);
            await at.Peers.KillAsync("canal");
            await run.KillBridgeAsync();
            await at.Peers.StartAsync("canal");
            run.StartBridge();
        }));
        await run.AssertTruePositionsAsync();
        // A file without rows leaves no trace in what Canal sends: the name may then be that of the file before, until a label is right again.
        await run.FaultAsync(Name + ": binlog flushed three times at once", Say, () => Sql.ExecuteAsync(at.Source, "FLUSH BINARY LOGS; FLUSH BINARY LOGS; FLUSH BINARY LOGS"));
        await run.AssertEverythingOnceAsync();
        stack.Done();
    }

    /// <summary>GTID mode: between what was acknowledged and the next row stand transactions of which Canal sends nothing.</summary>
    private protected async Task RestartCanalBehindSilenceAsync()
    {
        await using Run at = await StartAsync("silent");
        RestartRun run = at.Restart;
        foreach (bool isCanalUp in (bool[])[true, false])
        {
            await FaultAsync(at, $"statements without entries, {(isCanalUp ? "before" : "while")} Canal was stopped", async () =>
            {
                await run.Load.PauseAsync();
                await run.WaitForRowAfterAsync(run.Load.LastId - 1);
                await UntilAcknowledgedAsync(at);
                if (isCanalUp)
                {
                    await WriteWithoutEntriesAsync(at, 1);
                }

                await at.Peers.StopAsync("canal");
                await WriteWithoutEntriesAsync(at, 2);
                await at.Peers.StartAsync("canal");
                run.Load.Resume();
            });
        }

        await run.AssertEverythingOnceAsync();
        stack.Done();
    }

    private protected async Task KillDumpInLargeTransactionAsync(int times)
    {
        await using Run at = await StartAsync("cut");
        RestartRun run = at.Restart;
        await FaultAsync(at, $"dump connection killed {times} times in one large transaction", async () =>
        {
            // With the bridge frozen the ring is full and Canal stands in the middle of the transaction.
            run.Bridge.Signal("STOP");
            await run.Load.CommitLargeAsync();
            for (int i = 0; i < times; i++)
            {
                await at.Peers.WaitForDumpAsync();
                Assert.NotEqual(0, await at.Peers.KillDumpAsync());
                run.Bridge.Signal("CONT");
                if (i < times - 1)
                {
                    await at.Peers.WaitForDumpAsync();
                    run.Bridge.Signal("STOP");
                }
            }
        });
        await run.AssertEverythingOnceAsync();
        stack.Done();
    }

    private protected async Task KillDumpBehindRotationAsync()
    {
        await using Run at = await StartAsync("cut_rotated");
        await StaleLabelsAsync(at, () => FaultAsync(at, "dump connection killed right behind a rotation", async () =>
        {
            await FlushAndWriteAsync(at);
            Assert.NotEqual(0, await at.Peers.KillDumpAsync());
        }));
        await at.Restart.AssertEverythingOnceAsync();
        await at.Restart.AssertTruePositionsAsync();
        stack.Done();
    }

    private protected async Task FreezeAndKillSourceAsync()
    {
        await using Run at = await StartAsync("source_gone");
        await FaultAsync(at, "source frozen for 3 s", async () =>
        {
            await at.Peers.PauseAsync(Server);
            await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
            await at.Peers.ResumeAsync(Server);
        });
        await FaultAsync(at, "source killed and started", async () =>
        {
            await at.Peers.KillAsync(Server);
            await at.Peers.StartAsync(Server);
        });
        await at.Restart.AssertEverythingOnceAsync();
        stack.Done();
    }

    /// <summary>Canal goes on at the binlog's end, and the bridge has just been started, too.</summary>
    private protected async Task LoseCursorAsync()
    {
        await using Run at = await StartAsync("lost");
        RestartRun run = at.Restart;
        await run.WaitForRowAfterAsync(100);
        await run.WaitForCursorAsync();
        await run.KillBridgeAsync();
        await at.Peers.StopAsync("canal");
        long missing = run.Load.LastId;
        await run.UntilRowAfterIsInTheTableAsync(missing + 100);
        await SetCursorToEndAsync(at);
        string cursor = at.Peers.ReadCanalCursor();

        await at.Peers.StartAsync("canal");
        run.StartBridge();

        Assert.Equal(4, await run.Bridge.WaitForExitAsync());
        Assert.Matches("(?i)cursor|missing", run.Bridge.Output);
        await at.Peers.StopAsync("canal");
        Assert.Equal(cursor, at.Peers.ReadCanalCursor());
        Assert.DoesNotContain(run.Records, r => r.Operation == "c" && r.After.GetProperty("id").GetInt64() > missing + 100);
        await SetCursorToEndAsync(at);
        await at.Peers.StartAsync("canal");
        stack.Done();
    }

    /// <summary>The binlog starts again from nothing, with rows that look as old as those published, or older.</summary>
    /// <param name="time">Time of the last row published, and of the new ones; null for now.</param>
    /// <param name="newTime">The same for the new ones.</param>
    private protected async Task ResetBinlogAsync(long? time, long? newTime)
    {
        await using Run at = await StartAsync("reset");
        RestartRun run = at.Restart;
        string database = at.Database;
        await using var others = new CommittedConsumer(at.Peers.BootstrapServers, $"{run.Prefix}.{database}_marks");
        await run.AssertEverythingOnceAsync();
        await Sql.ExecuteAsync(at.Source, $"CREATE DATABASE {database}_marks; CREATE TABLE {database}_marks.marks (id INT PRIMARY KEY); {Clock(time)}INSERT INTO {database}_marks.marks VALUES (1)");
        await others.WaitForAsync(static r => r.Operation == "c", () => run.Bridge.Output, () => run.Bridge.HasExited);
        await at.Peers.StopAsync("canal");
        await Sql.ExecuteAsync(at.Source, IsMySql ? "RESET BINARY LOGS AND GTIDS" : "RESET MASTER");
        if (IsGtidMode)
        {
            // Canal's set must not be empty, nor, on MariaDB, the list at the head of the file.
            await Sql.ExecuteAsync(at.Source, $"SET TIMESTAMP = DEFAULT; CREATE DATABASE {database}_first; FLUSH BINARY LOGS");
            await SetCursorToEndAsync(at);
        }

        string rows = string.Concat(Enumerable.Range(2, 5).Select(i => $"INSERT INTO {database}_marks.marks VALUES ({i});"));
        await Sql.ExecuteAsync(at.Source, Clock(newTime) + rows);
        if (!IsGtidMode)
        {
            (string file, long offset) = await FirstTransactionAsync(at.Source);
            at.Peers.WriteCanalCursor(file, offset);
        }

        string cursor = at.Peers.ReadCanalCursor();
        await at.Peers.StartAsync("canal");

        Assert.Equal(4, await run.Bridge.WaitForExitAsync());
        await at.Peers.StopAsync("canal");
        Assert.Equal(cursor, at.Peers.ReadCanalCursor());
        Assert.Single(others.Records);

        // What the message says: everything that Canal still delivers is published in a new epoch.
        await at.Peers.StartAsync("canal");
        run.StartBridge(("Delivery__Epoch", "1"));
        await others.WaitForAsync(static r => r.Operation == "c" && r.After.GetProperty("id").GetInt32() == 6, () => run.Bridge.Output, () => run.Bridge.HasExited);
        await others.ReadToEndAsync();
        Assert.Equal([1, 2, 3, 4, 5, 6], others.Records.Select(static r => r.After.GetProperty("id").GetInt32()));
        stack.Done();
    }

    /// <summary>MySQL only: all events of a transaction share one position.</summary>
    private protected async Task CompressAsync()
    {
        PeerStack peers = await stack.GetAsync();
        await using MySqlConnection source = await peers.ConnectAsync();
        await Sql.ExecuteAsync(source, "SET GLOBAL binlog_transaction_compression = ON");
        try
        {
            await using Run at = await StartAsync("compressed", isStarted: true);
            RestartRun run = at.Restart;
            await FaultAsync(at, "Canal killed and started among compressed transactions", async () =>
            {
                await peers.KillAsync("canal");
                await peers.StartAsync("canal");
            });
            for (int i = 0; i < 2; i++)
            {
                await FaultAsync(at, "bridge killed and started among compressed transactions", run.RestartBridgeAsync);
            }

            await run.AssertEverythingOnceAsync(byPosition: false);
        }
        finally
        {
            await Sql.ExecuteAsync(source, "SET GLOBAL binlog_transaction_compression = OFF");
        }

        stack.Done();
    }

    private protected void Say(string line) => FaultLog.Say(output, line);

    private protected async Task<Run> StartAsync(string name, int noteLength = 0, bool isStarted = false)
    {
        PeerStack peers = isStarted ? await stack.CurrentAsync() : await stack.GetAsync();
        string database = $"{Name}_{name}";
        RestartRun run = await RestartRun.StartAsync(peers, database, noteLength, SmallRing);
        return new Run(peers, run, await peers.ConnectAsync(), database);
    }

    /// <summary>Does harm, helps a Canal that cannot help itself, and waits until rows come again.</summary>
    private async Task FaultAsync(Run at, string name, Func<Task> fault) => await at.Restart.FaultAsync($"{Name}: {name}", Say, async () =>
    {
        var canal = new StuckCanal(at.Peers, at.Restart);
        await fault();
        if (!IsMySql && !IsGtidMode)
        {
            await canal.MendAsync();
        }
    });

    /// <summary>On MariaDB Canal then labels entries with an older file for as long as it lasts, not only for a second.</summary>
    private async Task StaleLabelsAsync(Run at, Func<Task> work)
    {
        if (IsMySql)
        {
            await work();
            return;
        }

        await Sql.ExecuteAsync(at.Source, "SET GLOBAL innodb_flush_log_at_timeout = 300");
        await work();
        await Sql.ExecuteAsync(at.Source, "SET GLOBAL innodb_flush_log_at_timeout = 1");
    }

    /// <summary>Rows of the new file have been published, so that Canal's cursor follows them.</summary>
    private static async Task FlushAndWriteAsync(Run at)
    {
        await Sql.ExecuteAsync(at.Source, "FLUSH BINARY LOGS");
        await at.Restart.WaitForRowAfterAsync(at.Restart.Load.LastId + 20);
    }

    /// <summary>Canal writes its cursor each second: it has stood still for two of them.</summary>
    private static async Task UntilAcknowledgedAsync(Run at)
    {
        string before = "";
        while (at.Peers.ReadCanalCursor() is var cursor && cursor != before)
        {
            before = cursor;
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        }
    }

    private static Task<int> WriteWithoutEntriesAsync(Run at, int number) => Sql.ExecuteAsync(
        at.Source,
        $"CREATE USER '{at.Database}{number}{Guid.NewGuid().ToString("N")[..6]}'@'localhost'; ANALYZE TABLE {at.Database}.load_rows; "
        + $"CREATE OR REPLACE VIEW {at.Database}.load_view AS SELECT id FROM {at.Database}.load_rows");

    /// <summary>Where Canal begins without a cursor; the test's Canal begins on MySQL and in GTID mode where it once began, so there it is written.</summary>
    private async Task SetCursorToEndAsync(Run at)
    {
        (string file, long offset) = await BinlogEvents.EndAsync(at.Source, Server);
        at.Peers.WriteCanalCursor(file, offset, IsGtidMode ? await BinlogEvents.ExecutedGtidsAsync(at.Source, Server) : "");
    }

    private static string Clock(long? time) => time is { } second ? string.Create(CultureInfo.InvariantCulture, $"SET TIMESTAMP = {second}; ") : "SET TIMESTAMP = DEFAULT; ";

    private static async Task<(string File, long Offset)> FirstTransactionAsync(MySqlConnection source)
    {
        object[] gtid = (await Sql.RowsAsync(source, "SHOW BINLOG EVENTS")).First(static row => string.Equals((string)row[2], "Gtid", StringComparison.Ordinal));
        return ((string)gtid[0], Convert.ToInt64(gtid[1], CultureInfo.InvariantCulture));
    }

    /// <summary>A load, a bridge, a consumer, and a connection to the source beside them.</summary>
    private protected sealed class Run(PeerStack peers, RestartRun restart, MySqlConnection source, string database) : IAsyncDisposable
    {
        public PeerStack Peers { get; } = peers;

        public RestartRun Restart { get; } = restart;

        public MySqlConnection Source { get; } = source;

        public string Database { get; } = database;

        public async Task UntilFilesAsync(int files)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (await BinlogEvents.FilesAsync(Source) < files)
            {
                await Task.Delay(50, limit.Token);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Restart.DisposeAsync();
            await Source.DisposeAsync();
        }
    }
}
