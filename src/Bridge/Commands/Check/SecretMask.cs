using System.Reflection;
using CanalBridge.Options;

namespace CanalBridge.Commands.Check;

/// <summary>Takes secrets out of what others' messages may have brought in.</summary>
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
        IEnumerable<string?> settings = options.Kafka.Settings.Concat(options.Kafka.ProducerSettings)
            .Where(static setting => setting.Key.Contains("password", StringComparison.OrdinalIgnoreCase) || setting.Key.Contains("secret", StringComparison.OrdinalIgnoreCase) || setting.Key.EndsWith(".pem", StringComparison.OrdinalIgnoreCase))
            .Select(static setting => setting.Value);
        IEnumerable<string?> source = options.Source.ConnectionString is { } text ? [new MySqlConnector.MySqlConnectionStringBuilder(text).Password] : [];
        _secrets = [.. marked.Concat(settings).Concat(source).OfType<string>().Where(static s => s.Length >= ShortestHidden).Distinct().OrderByDescending(static s => s.Length)];
    }

    public string Hide(string text) => _secrets.Aggregate(text, static (shown, secret) => shown.Replace(secret, "***", StringComparison.Ordinal));
}
