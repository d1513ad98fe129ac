using CanalBridge.Serialization;

namespace CanalBridge.Map;

/// <summary>Debezium's header on the records of a key change.</summary>
internal static class KeyChangeHeader
{
    public static string Name(KeyChange change) => change == KeyChange.ToNewKey ? "__debezium.newkey" : "__debezium.oldkey";
}
