using System.ComponentModel.DataAnnotations;

namespace CanalBridge.Options;

/// <summary>Section <c>Kafka</c>: the cluster that the records go to.</summary>
internal sealed class KafkaOptions
{
    /// <summary>Brokers as <c>host:port</c>, separated by commas.</summary>
    [Required]
    public string? BootstrapServers { get; set; }

    /// <summary>The fence: one per destination, the same over restarts. Default <c>canal-bridge.{prefix}.{destination}</c>.</summary>
    public string? TransactionalId { get; set; }

    /// <summary>Compacted topic with the position, one partition. Default <c>{TransactionalId}.positions</c>.</summary>
    public string? PositionTopic { get; set; }

    /// <summary>Compacted topic with the table definitions that belong to the position, one partition. Default <c>{TransactionalId}.tables</c>.</summary>
    public string? TablesTopic { get; set; }

    /// <summary>Longest life of a Kafka transaction: after it the coordinator aborts it, and calls without an answer are given up.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:15:00", ConvertValueInInvariantCulture = true)]
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one record is tried: an outage up to this long is ridden out without an abort. Default two thirds of <see cref="TransactionTimeout"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:15:00", ConvertValueInInvariantCulture = true)]
    public TimeSpan? MessageTimeout { get; set; }

    /// <summary>none, gzip, snappy, lz4 or zstd.</summary>
    [AllowedValues("none", "gzip", "snappy", "lz4", "zstd")]
    public string Compression { get; set; } = "lz4";

    /// <summary>Largest record, bytes; the brokers and topics must take it too.</summary>
    [Range(1000, 1_000_000_000)]
    public int MessageMaxBytes { get; set; } = 1_000_000;

    /// <summary>plaintext, ssl, sasl_plaintext or sasl_ssl.</summary>
    [AllowedValues("plaintext", "ssl", "sasl_plaintext", "sasl_ssl")]
    public string SecurityProtocol { get; set; } = "plaintext";

    /// <summary>PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER.</summary>
    public string? SaslMechanism { get; set; }

    /// <summary>SASL user.</summary>
    public string? SaslUsername { get; set; }

    /// <summary>SASL password. Prefer <see cref="SaslPasswordFile"/>.</summary>
    [Secret]
    public string? SaslPassword { get; set; }

    /// <summary>File whose content is the SASL password.</summary>
    public string? SaslPasswordFile { get; set; }

    /// <summary>Further librdkafka settings of all clients, by librdkafka's names; those that the guarantees hang on are refused.</summary>
    public Dictionary<string, string> Settings { get; set; } = [];

    /// <summary>Further librdkafka settings of the producer alone.</summary>
    public Dictionary<string, string> ProducerSettings { get; set; } = [];
}
