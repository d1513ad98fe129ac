using System.ComponentModel.DataAnnotations;

namespace CanalBridge.Options;

/// <summary>Section <c>Http</c>: probes, metrics and the status page, on one port.</summary>
internal sealed class HttpOptions
{
    /// <summary>Port of <c>/</c>, <c>/status</c>, <c>/metrics</c>, <c>/livez</c>, <c>/readyz</c>, <c>/healthz</c>; 0 opens none.</summary>
    [Range(0, 65535)]
    public int Port { get; set; }

    /// <summary>Where it listens: <c>localhost</c>, an IP address of this host, or <c>*</c> for all. There is no login: keep it inside.</summary>
    [Required]
    [RegularExpression(@"\*|localhost|[0-9a-fA-F.:]{2,45}")]
    public string Address { get; set; } = "localhost";

    /// <summary>A loop that has not moved for so long is stuck, and <c>/livez</c> says so. It moves while Kafka or Canal is away.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "00:30:00", ConvertValueInInvariantCulture = true)]
    public TimeSpan LivenessTimeout { get; set; } = TimeSpan.FromMinutes(2);
}
