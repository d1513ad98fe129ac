using System.ComponentModel.DataAnnotations;

namespace CanalBridge.Options;

/// <summary>Section <c>Canal</c>: the server that the changes come from.</summary>
internal sealed class CanalOptions
{
    /// <summary>Canal servers as <c>host:port</c>, separated by commas; of a cluster, all its nodes.</summary>
    [Required]
    public string? Endpoints { get; set; }

    /// <summary>The Canal instance to read. One destination has one reader.</summary>
    [Required]
    public string? Destination { get; set; }

    /// <summary>Client id under which Canal keeps its cursor.</summary>
    [Range(1, 32767)]
    public int ClientId { get; set; } = 1001;

    /// <summary>User, when <c>canal.user</c> is set on the server.</summary>
    public string? Username { get; set; }

    /// <summary>Password, when <c>canal.passwd</c> is set on the server. Prefer <see cref="PasswordFile"/>.</summary>
    [Secret]
    public string? Password { get; set; }

    /// <summary>File whose content is the password.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Table filter sent with the subscription. Empty leaves the server's filter alone; anything else replaces it for everybody.</summary>
    public string Filter { get; set; } = "";

    /// <summary>Size of one batch: KiB in the server's MEMSIZE mode (its default), entries in ITEMSIZE mode.</summary>
    [Range(1, 65536)]
    public int FetchSize { get; set; } = 1000;

    /// <summary>GETs asked ahead while the source is busy.</summary>
    [Range(1, 4)]
    public int GetsInFlight { get; set; } = 3;

    /// <summary>How long one GET waits on the server while the source is idle: the added latency of a lone small change.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:05", ConvertValueInInvariantCulture = true)]
    public TimeSpan IdleWait { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Bound on connecting to one address.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00", ConvertValueInInvariantCulture = true)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Bound on every answer of the server, a second more for each 64 KiB of it; a silent peer is given up after it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ConvertValueInInvariantCulture = true)]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Largest frame accepted, bytes. After a larger one the bridge asks for less, and stops only where that does not help.</summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int FrameCapBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Bytes asked for and not yet acknowledged; keep it below half of the server's ring (16 MiB unless configured otherwise).</summary>
    [Range(0, 1024L * 1024 * 1024)]
    public long WindowBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>No option: how long the next first session of this process waits between login and subscription. The command <c>run</c> sets it; who has paid it takes it away.</summary>
    internal TimeSpan FirstGrace { get; set; }
}
