using System.Reflection;
using CanalBridge.Options;

namespace CanalBridge.Commands.Check;

/// <summary>Takes secrets out of what others' messages may have brought in.</summary>
/// <remarks>Not for the check's own words: a usual password such as <c>canal</c> is a part of our own names, and a gap there would both spoil a command and tell the password.</remarks>
internal sealed class SecretMask
{
    private const int ShortestHidden = 4;

    private readonly string[] _secrets;

    public SecretMask(BridgeOptions options)
    {
        IEnumerable<string?> marked =
            from section in typeof(BridgeOptions).GetProperties()
            where section.CanWrite
            from option in section.PropertyType.GetProperties()
            where option.IsDefined(typeof(SecretAttribute))
            select option.GetValue(section.GetValue(options)) as string;
        IEnumerable<string?> settings = options.Kafka.Settings.Concat(options.Kafka.ProducerSettings).Where(static setting => SecretSettings.Contains(setting.Key)).Select(static setting => setting.Value);
        IEnumerable<string?> source = options.Source.ConnectionString is { } text ? [new MySqlConnector.MySqlConnectionStringBuilder(text).Password] : [];
        _secrets = [.. marked.Concat(settings).Concat(source).OfType<string>().Where(static s => s.Length >= ShortestHidden).Distinct().OrderByDescending(static s => s.Length)];
    }

    public string Hide(string text) => _secrets.Aggregate(text, static (shown, secret) => shown.Replace(secret, "***", StringComparison.Ordinal));
}
