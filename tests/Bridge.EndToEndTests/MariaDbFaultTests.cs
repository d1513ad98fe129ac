namespace CanalBridge.EndToEndTests;

/// <summary>MariaDB, Canal without GTID mode and without table history: its labels are wrong behind each rotation.</summary>
public sealed class MariaDbFaultTests(MariaDbPeers stack, ITestOutputHelper output) : SourceFaults(stack, output), IClassFixture<MariaDbPeers>
{
    private protected override string Name => "mariadb";

    private protected override bool IsGtidMode => false;

    [Fact]
    public Task Rotations_and_a_bridge_killed_behind_one_lose_and_repeat_nothing() => RotateAsync();

    [Fact]
    public Task Canal_killed_behind_a_rotation_and_set_back_by_the_operator_loses_and_repeats_nothing() => RestartCanalBehindRotationAsync();

    [Fact]
    public Task Dump_connection_killed_in_a_large_transaction_loses_and_repeats_nothing() => KillDumpInLargeTransactionAsync(times: 2);

    [Fact]
    public Task Source_frozen_and_source_killed_lose_and_repeat_nothing() => FreezeAndKillSourceAsync();

    [Fact]
    public Task Cursor_lost_while_the_bridge_was_down_stops_it_before_anything_is_acknowledged() => LoseCursorAsync();

    /// <summary>A row from the year 2038 once made every later reset pass for a redelivery.</summary>
    [Fact]
    public Task Reset_binlog_behind_a_row_of_the_future_stops_the_bridge_before_anything_is_acknowledged() => ResetBinlogAsync(2_147_480_000, newTime: null);
}
