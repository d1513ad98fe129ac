using CanalBridge.Serialization;

namespace CanalBridge.Source;

/// <summary>What a server's version text tells, such as <c>10.11.6-MariaDB-log</c> or <c>9.7.0</c>.</summary>
internal static class ServerVersion
{
    /// <summary>The kind of server. MariaDB names itself in the text, MySQL does not.</summary>
    public static SourceKind KindOf(string version) =>
        version.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) ? SourceKind.MariaDb : SourceKind.MySql;
}
