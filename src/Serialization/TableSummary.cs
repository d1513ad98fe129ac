namespace CanalBridge.Serialization;

/// <summary>What the settings make of a table that was met.</summary>
/// <param name="Table">Database and table, <c>shop.orders</c>.</param>
/// <param name="Topic">Topic of its records; null if it is left out.</param>
/// <param name="Key">Columns of the record key, in its order; empty for none.</param>
/// <param name="Columns">Columns that stand in the records, in table order.</param>
/// <param name="LeftOut">Columns that do not.</param>
/// <param name="Masked">Columns whose texts a mask hides or cuts.</param>
/// <param name="IsDefined">Whether its definition is known, or only what its rows show.</param>
public sealed record TableSummary(
    string Table, string? Topic, IReadOnlyList<string> Key, IReadOnlyList<string> Columns, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Masked, bool IsDefined);
