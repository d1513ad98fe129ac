using System.Globalization;

namespace CanalBridge.Telemetry;

/// <summary>Memory of this process, and what it may have.</summary>
internal static class ProcessMemory
{
    private const string Groups = "/sys/fs/cgroup";

    /// <summary>Working set, bytes.</summary>
    public static long Used => Environment.WorkingSet;

    /// <summary>The limit of its container or control group, bytes; 0 where there is none. .NET itself keeps to three quarters of it.</summary>
    public static long Limit => LimitOf(Groups, "/proc/self/cgroup");

    /// <param name="groups">Where control groups are mounted.</param>
    /// <param name="own">File with this process's group.</param>
    internal static long LimitOf(string groups, string own)
    {
        // A container sees its own group as the root; elsewhere the group is below. Version 1 has another file.
        string[] files =
        [
            Path.Combine(groups, "memory.max"),
            .. Read(own).Split('\n').Where(static line => line.StartsWith("0::/", StringComparison.Ordinal)).Select(line => Path.Combine(groups, line[4..].Trim(), "memory.max")),
            Path.Combine(groups, "memory", "memory.limit_in_bytes"),
        ];
        string limit = files.Select(Read).FirstOrDefault(static text => text.Length > 0) ?? "";

        // No limit is "max", in version 1 a number beyond any memory.
        return long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) && bytes < long.MaxValue / 2 ? bytes : 0;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
