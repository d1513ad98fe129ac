namespace CanalBridge.EndToEndTests;

/// <summary>MySQL, Canal in GTID mode and without table history.</summary>
public sealed class MySqlGtidFaultTests(MySqlGtidPeers stack, ITestOutputHelper output) : SourceFaults(stack, output), IClassFixture<MySqlGtidPeers>
{
    private protected override string Name => "mysql_gtid";

    private protected override bool IsGtidMode => true;

    [Fact]
    public Task Canal_killed_behind_a_rotation_goes_on_and_loses_and_repeats_nothing() => RestartCanalBehindRotationAsync();

    [Fact]
    public Task Statements_without_entries_before_a_restart_of_canal_are_no_gap() => RestartCanalBehindSilenceAsync();

    [Fact]
    public Task Dump_connection_killed_in_a_large_transaction_loses_and_repeats_nothing() => KillDumpInLargeTransactionAsync(times: 1);

    [Fact]
    public Task Source_frozen_and_source_killed_lose_and_repeat_nothing() => FreezeAndKillSourceAsync();

    [Fact]
    public Task Cursor_lost_while_the_bridge_was_down_stops_it_before_anything_is_acknowledged() => LoseCursorAsync();

    /// <summary>The GTIDs of the new binlog are those of rows published long ago.</summary>
    [Fact]
    public Task Reset_binlog_stops_the_bridge_before_anything_is_acknowledged() => ResetBinlogAsync(time: null, newTime: null);

    [Fact]
    public Task Compressed_transactions_are_carried_once_over_restarts() => CompressAsync();
}
