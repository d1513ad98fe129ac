using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace CanalBridge.Options;

/// <summary>A short name for a set of options.</summary>
internal static class OptionsHash
{
    /// <summary>12 hexadecimal digits of all options, secrets left out; the same on every machine.</summary>
    public static string Of(BridgeOptions options)
    {
        var text = new StringBuilder();
        Append(text, "", options);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..12];
    }

    private static void Append(StringBuilder text, string path, object value)
    {
        foreach (PropertyInfo property in value.GetType().GetProperties().Where(static p => p.CanWrite && !p.IsDefined(typeof(SecretAttribute))).OrderBy(static p => p.Name, StringComparer.Ordinal))
        {
            AppendValue(text, $"{path}:{property.Name}", property.GetValue(value));
        }
    }

    private static void AppendValue(StringBuilder text, string path, object? value)
    {
        switch (value)
        {
            case IDictionary map:
                // In the other sections a key is a table, a topic or a topic's setting.
                bool isKafka = path.StartsWith(":Kafka:", StringComparison.Ordinal);
                foreach (string key in map.Keys.Cast<string>().Where(key => !isKafka || !SecretSettings.Contains(key)).Order(StringComparer.Ordinal))
                {
                    AppendValue(text, $"{path}:{key}", map[key]);
                }

                break;
            case null or string or IFormattable or bool:
                text.Append(CultureInfo.InvariantCulture, $"{path}={value}\n");
                break;
            default:
                Append(text, path, value);
                break;
        }
    }
}
