using CanalBridge.Serialization.Tables;
using CanalBridge.Serialization.Tables.Definitions;
using CanalBridge.Serialization.Values;

namespace CanalBridge.Serialization.Envelopes.Maxwell;

/// <summary>A column as Maxwell's JSON writes it.</summary>
internal sealed class MaxwellColumn : JsonColumn
{
    /// <param name="layout">The column as its rows show it.</param>
    /// <param name="definition">The column as defined; null if unknown.</param>
    public MaxwellColumn(ColumnLayout layout, ColumnDefinition? definition)
        : base(layout, JsonText.Quote(layout.Name)) => Labels = [.. layout.LabelsAsTyped(definition).Select(JsonText.Quote)];

    /// <summary>Labels of an ENUM or SET as JSON strings.</summary>
    public byte[][] Labels { get; }
}
