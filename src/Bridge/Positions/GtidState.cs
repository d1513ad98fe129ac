namespace CanalBridge.Positions;

/// <summary>Which transactions are done, where Canal gives GTIDs; kept with the position.</summary>
internal sealed record GtidState
{
    /// <summary>Set of the transactions that are done.</summary>
    public required string Done { get; init; }

    /// <summary>The transaction under way; null for none.</summary>
    public string? Open { get; init; }

    /// <summary>Rows and statements of it that were taken, left out ones too.</summary>
    public long OpenUnits { get; init; }

    /// <summary>The last of them was a statement: Canal's cursor may stand behind it.</summary>
    public bool OpenIsStatement { get; init; }

    /// <summary>Its BEGIN or DDL was met, or something of it was taken.</summary>
    public bool OpenHasBegun { get; init; }

    /// <inheritdoc cref="TornTransactions.TellsBegins"/>
    public bool TellsBegins { get; init; }

    /// <summary>First entries of batches, with the units of their transaction before them, as of <see cref="RecentPrints.Newest"/>.</summary>
    public byte[] Points { get; init; } = [];

    /// <summary>Set that Canal gave with the newest transaction; empty for none.</summary>
    public string Newest { get; init; } = "";

    /// <summary>Offset of its first entry, by its label.</summary>
    public long NewestOffset { get; init; }

    /// <summary>Prints of some transactions before them, likewise: Canal may begin far back, and its ring is full before the last ones come.</summary>
    public byte[] SparseMarks { get; init; } = [];

    /// <summary>Prints of the last transactions, as of <see cref="RecentPrints.Newest"/>.</summary>
    public byte[] Marks { get; init; } = [];
}
