namespace CanalBridge.EndToEndTests;

/// <summary>MariaDB, Canal in GTID mode and with its table history.</summary>
public sealed class MariaDbGtidFaultTests(MariaDbGtidPeers stack, ITestOutputHelper output) : SourceFaults(stack, output), IClassFixture<MariaDbGtidPeers>
{
    private protected override string Name => "mariadb_gtid";

    private protected override bool IsGtidMode => true;

    [Fact]
    public Task Rotations_and_a_bridge_killed_behind_one_lose_and_repeat_nothing() => RotateAsync();

    [Fact]
    public Task Canal_killed_behind_a_rotation_goes_on_and_loses_and_repeats_nothing() => RestartCanalBehindRotationAsync();

    [Fact]
    public Task Statements_without_entries_before_a_restart_of_canal_are_no_gap() => RestartCanalBehindSilenceAsync();

    [Fact]
    public Task Dump_connection_killed_behind_a_rotation_loses_and_repeats_nothing() => KillDumpBehindRotationAsync();

    [Fact]
    public Task Cursor_lost_while_the_bridge_was_down_stops_it_before_anything_is_acknowledged() => LoseCursorAsync();

    [Fact]
    public Task Reset_binlog_stops_the_bridge_before_anything_is_acknowledged() => ResetBinlogAsync(time: null, newTime: null);
}
