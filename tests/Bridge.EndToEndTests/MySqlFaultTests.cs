namespace CanalBridge.EndToEndTests;

/// <summary>MySQL, Canal without GTID mode and with its table history.</summary>
public sealed class MySqlFaultTests(MySqlPeers stack, ITestOutputHelper output) : SourceFaults(stack, output), IClassFixture<MySqlPeers>
{
    private protected override string Name => "mysql";

    private protected override bool IsGtidMode => false;

    [Fact]
    public Task Rotations_and_a_bridge_killed_behind_one_lose_and_repeat_nothing() => RotateAsync();

    [Fact]
    public Task Dump_connection_killed_behind_a_rotation_loses_and_repeats_nothing() => KillDumpBehindRotationAsync();

    [Fact]
    public Task Cursor_lost_while_the_bridge_was_down_stops_it_before_anything_is_acknowledged() => LoseCursorAsync();

    /// <summary>The new rows are of the second in which the last published one was written.</summary>
    [Fact]
    public Task Reset_binlog_with_rows_of_the_same_second_stops_the_bridge_before_anything_is_acknowledged() => ResetBinlogAsync(1_900_000_000, newTime: 1_900_000_000);

    [Fact]
    public Task Compressed_transactions_are_carried_once_over_restarts() => CompressAsync();
}
