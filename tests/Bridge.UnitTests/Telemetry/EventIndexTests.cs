using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using CanalBridge.Testing.Peers;
using Microsoft.Extensions.Logging;

namespace CanalBridge.UnitTests.Telemetry;

/// <summary>docs/events.md against the messages of the bridge and of its client library.</summary>
public sealed partial class EventIndexTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "events.md"));

    /// <summary>Events of the program as <c>CB-1000 Information</c>.</summary>
    private static readonly string[] Events =
    [
        .. new[] { typeof(Canal.Client.Log), typeof(CanalBridge.Telemetry.Log) }
            .SelectMany(static log => log.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .OrderBy(static message => message.EventId)
            .Select(static message => string.Create(CultureInfo.InvariantCulture, $"CB-{message.EventId} {message.Level}")),
    ];

    /// <summary>Lines of the index in the same form, in the order of their codes.</summary>
    private static readonly string[] Index =
    [
        .. Page.Select(static line => IndexLine().Match(line))
            .Where(static match => match.Success)
            .Select(static match => $"{match.Groups["code"].Value} {match.Groups["level"].Value}")
            .Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Index_lists_each_event_once_with_its_level() => Assert.Equal(Events, Index);

    [Fact]
    public void Number_of_an_event_is_used_once() =>
        Assert.Empty(Events.GroupBy(static text => text.Split(' ')[0], StringComparer.Ordinal).Where(static group => group.Count() > 1).Select(static group => group.Key));

    [Fact]
    public void Line_of_the_index_says_what_to_do() =>
        Assert.All(Page.Where(static line => line.StartsWith("| `CB-", StringComparison.Ordinal)), static line =>
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            Assert.Equal(6, cells.Length);
            Assert.NotEmpty(cells[3]);
            Assert.NotEmpty(cells[4]);
        });

    [GeneratedRegex(@"^\| `(?<code>CB-\d+)` \| (?<level>\w+) \|")]
    private static partial Regex IndexLine();
}
