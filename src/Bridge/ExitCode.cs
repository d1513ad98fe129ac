using Canal.Client;
using CanalBridge.Kafka;
using CanalBridge.Loop.Map;
using CanalBridge.Positions;
using CanalBridge.Registry;
using CanalBridge.Serialization;
using CanalBridge.Source;
using Microsoft.Extensions.Options;

namespace CanalBridge;

/// <summary>What the process tells its supervisor.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A fault that has no code of its own.</summary>
    public const int Unexpected = 1;

    /// <summary>Options or arguments are wrong; a restart does not help.</summary>
    public const int Configuration = 2;

    /// <summary>Another process took the destination over.</summary>
    public const int Fenced = 3;

    /// <summary>The stored position and the source's cannot be compared.</summary>
    public const int Position = 4;

    /// <summary>A row that cannot become a record.</summary>
    public const int Row = 5;

    /// <summary>Kafka refused for good: a login, a right, a record.</summary>
    public const int Kafka = 6;

    /// <summary>Canal refused for good, or sent again and again what cannot be read.</summary>
    public const int Canal = 7;

    /// <summary>The source database was to be asked for a table's definition and gave none.</summary>
    public const int Source = 8;

    /// <summary>The schema registry gave no id for a schema: it did not answer, or refused.</summary>
    public const int Registry = 9;

    /// <summary>The code for a fault that ended the loop.</summary>
    public static int Of(Exception fault) => fault switch
    {
        OptionsValidationException or NamePatternException => Configuration,
        KafkaFaultException { Reaction: Reaction.Fenced } => Fenced,
        KafkaFaultException => Kafka,
        PositionNotComparableException or AmbiguousPositionException or PositionGapException or PositionLostException => Position,
        RowRefusedException => Row,
        CanalException => Canal,
        SourceUnavailableException => Source,
        RegistryException => Registry,
        _ => Unexpected,
    };
}
