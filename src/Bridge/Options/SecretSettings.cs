namespace CanalBridge.Options;

/// <summary>Which of librdkafka's settings hold a secret: their values are neither printed nor hashed.</summary>
internal static class SecretSettings
{
    private static readonly string[] Marks = ["password", "passphrase", "secret", "jaas", "key.pem", "oauthbearer.config", "token"];

    /// <param name="name">Name of a setting, such as <c>ssl.key.password</c>.</param>
    public static bool Contains(string name) => Array.Exists(Marks, mark => name.Contains(mark, StringComparison.OrdinalIgnoreCase));
}
