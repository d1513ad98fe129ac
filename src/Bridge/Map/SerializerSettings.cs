using CanalBridge.Options;
using CanalBridge.Serialization;

namespace CanalBridge.Map;

/// <summary>Options to what the serializer must know.</summary>
internal static class SerializerSettings
{
    public static SerializationSettings From(BridgeOptions options) => new()
    {
        SourceKind = options.Source.Kind,
        TopicPrefix = options.Topics.Prefix!,
        CanalTimeZone = TimeZoneInfo.FindSystemTimeZoneById(options.Source.CanalTimeZone),
    };
}
