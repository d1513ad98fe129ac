using CanalBridge.Serialization;

namespace CanalBridge.Registry;

/// <summary>Ids without a registry, counted from 0 in the order asked: for looking at records, not for readers.</summary>
internal sealed class LocalSchemaIds : ISchemaIds
{
    private readonly Dictionary<string, int> _ids = [];

    /// <inheritdoc />
    public int IdOf(string subject, string schema, CancellationToken cancellationToken = default)
    {
        // As in a registry, the same schema has the same id under every subject.
        _ids.TryAdd(schema, _ids.Count);
        return _ids[schema];
    }
}
