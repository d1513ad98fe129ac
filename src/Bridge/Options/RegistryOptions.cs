using System.ComponentModel.DataAnnotations;

namespace CanalBridge.Options;

/// <summary>Section <c>Registry</c>: the schema registry, for records in Avro.</summary>
internal sealed class RegistryOptions
{
    /// <summary>Its address, such as <c>http://registry:8081</c>; several of one cluster separated by commas. Required for Envelope:Format avro.</summary>
    public string? Url { get; set; }

    /// <summary>User, where it wants a login.</summary>
    public string? Username { get; set; }

    /// <summary>Password of that user. Prefer <see cref="PasswordFile"/>.</summary>
    [Secret]
    public string? Password { get; set; }

    /// <summary>File whose content is the password.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>How long a registry that does not answer is asked again. Nothing else is done meanwhile: keep it below Kafka:TransactionTimeout.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ConvertValueInInvariantCulture = true)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether schemas are registered; if not, they must be there under their subjects.</summary>
    public bool AutoRegister { get; set; } = true;

    /// <summary>Certificates to trust for https, a PEM file; the system's by default.</summary>
    public string? SslCaLocation { get; set; }

    /// <summary>Own certificate and key, a PKCS#12 file.</summary>
    public string? SslKeystoreLocation { get; set; }

    /// <summary>Password of that file. Prefer <see cref="SslKeystorePasswordFile"/>.</summary>
    [Secret]
    public string? SslKeystorePassword { get; set; }

    /// <summary>File whose content is the password of the PKCS#12 file.</summary>
    public string? SslKeystorePasswordFile { get; set; }
}
