namespace CanalBridge.EndToEndTests;

/// <summary>MariaDB, Canal in GTID mode and with its table history.</summary>
public sealed class MariaDbGtidFaultTests(MariaDbGtidPeers stack, ITestOutputHelper output) : SourceFaults(stack, output), IClassFixture<MariaDbGtidPeers>
{
    private protected override string Name => "mariadb_gtid";

    private protected override bool IsGtidMode => true;

    [Fact]
    public Task Dump_connection_killed_behind_a_rotation_loses_and_repeats_nothing() => KillDumpBehindRotationAsync();

    [Fact]
    public Task Cursor_lost_while_the_bridge_was_down_stops_it_before_anything_is_acknowledged() => LoseCursorAsync();
}
