using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Canal.Client;
using CanalBridge.Loop.Fetch;
using CanalBridge.Options;

namespace CanalBridge.UnitTests.Loop.Fetch;

/// <summary>By reflection, so that a new option that is not copied fails here.</summary>
public sealed class CanalClientSettingsTests
{
    private static readonly PropertyInfo[] Options = typeof(CanalOptions).GetProperties();
    private static readonly PropertyInfo[] ClientOptions = typeof(CanalClientOptions).GetProperties();

    /// <summary>All but the file, whose content is read into Password before.</summary>
    public static TheoryData<string> Copied => [.. Options.Select(p => p.Name).Where(name => name != nameof(CanalOptions.PasswordFile))];

    public static TheoryData<string> WithDefaultsOfBoth =>
        [.. Options.Where(p => !p.IsDefined(typeof(RequiredAttribute))).Select(p => p.Name).Intersect(ClientOptions.Select(p => p.Name))];

    [Theory]
    [MemberData(nameof(Copied))]
    public void Option_sets_the_client_option_of_its_name_and_no_other(string name)
    {
        PropertyInfo option = Options.Single(p => p.Name == name);
        CanalOptions changed = Valid();
        object value = Another(option, option.GetValue(changed));
        option.SetValue(changed, value);

        CanalClientOptions client = CanalClientSettings.From(changed);

        Assert.Equal([name], Differences(CanalClientSettings.From(Valid()), client));
        Assert.Equal(Shown(value), Shown(ClientOptions.Single(p => p.Name == name).GetValue(client)));
    }

    [Theory]
    [MemberData(nameof(WithDefaultsOfBoth))]
    public void Default_of_an_option_is_the_client_library_s(string name) =>
        Assert.Equal(
            ClientOptions.Single(p => p.Name == name).GetValue(new CanalClientOptions()),
            Options.Single(p => p.Name == name).GetValue(new CanalOptions()));

    [Fact]
    public void Only_the_reconnect_delays_differ_from_the_client_library_s_defaults_unless_set()
    {
        IEnumerable<string> differences = Differences(new CanalClientOptions(), CanalClientSettings.From(Valid()));

        Assert.Equal(["Destination", "Endpoints", "ReconnectDelay", "ReconnectDelayMax"], differences.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Client_accepts_the_defaults() => Assert.Empty(CanalClientSettings.From(Valid()).Validate());

    [Fact]
    public void All_endpoints_are_kept_in_their_order()
    {
        CanalOptions options = Valid();
        options.Endpoints = "first:1, second:2";

        CanalClientOptions client = CanalClientSettings.From(options);

        Assert.Equal([new CanalEndpoint("first", 1), new CanalEndpoint("second", 2)], client.Endpoints);
    }

    private static CanalOptions Valid() => new() { Endpoints = "canal:11111", Destination = "example" };

    private static object Another(PropertyInfo option, object? value) => value switch
    {
        int number => number + 1,
        long number => number + 1,
        bool flag => !flag,
        TimeSpan time => time + TimeSpan.FromSeconds(1),
        _ when option.PropertyType == typeof(string) => option.Name == nameof(CanalOptions.Endpoints) ? "other:22222" : $"other {option.Name}",
        _ => throw new NotSupportedException($"Say here what another value of {option.PropertyType} is."),
    };

    private static IEnumerable<string> Differences(CanalClientOptions one, CanalClientOptions other) =>
        ClientOptions.Where(p => Shown(p.GetValue(one)) != Shown(p.GetValue(other))).Select(p => p.Name);

    private static string? Shown(object? value) => value is IEnumerable<CanalEndpoint> endpoints ? string.Join(',', endpoints) : value?.ToString();
}
