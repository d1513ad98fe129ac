using Canal.Client;

namespace CanalBridge.Positions;

/// <summary>By what entries that come again are recognised where Canal gives no GTIDs; kept with the position.</summary>
internal sealed record ContentState
{
    /// <summary>The rows or the statement taken last; null before the first.</summary>
    public LastEntry? Last { get; init; }

    /// <summary>Print of the END or DDL met last.</summary>
    public ulong? End { get; init; }

    /// <summary>Print of the entry behind it; null while there is none.</summary>
    public ulong? First { get; init; }

    /// <summary>Its offset.</summary>
    public long FirstOffset { get; init; }

    /// <summary>Print of the END or DDL before it.</summary>
    public ulong? AnchorOfFirst { get; init; }

    /// <summary>Print of the END or DDL met last.</summary>
    public ulong? Anchor { get; init; }

    /// <summary>The END was met last, so that a BEGIN or a statement is due.</summary>
    public bool IsBehindEnd { get; init; }

    /// <inheritdoc cref="TornTransactions.TellsBegins"/>
    public bool TellsBegins { get; init; }

    /// <summary>First entries of batches and their last boundaries, as of <see cref="RecentPrints.Newest"/>.</summary>
    public byte[] Points { get; init; } = [];

    /// <summary>BEGINs and ENDs behind <see cref="Last"/>, likewise.</summary>
    public byte[] BoundariesBehindLast { get; init; } = [];
}

/// <summary>The entry that was taken last.</summary>
/// <param name="Print">Its print; null in a position of version 1, which knows its place alone.</param>
/// <param name="Sub">Number among the entries that share its offset.</param>
/// <param name="Anchor">Print of the END or DDL before it.</param>
/// <param name="Place">Its place, in a position of version 1.</param>
internal readonly record struct LastEntry(ulong? Print, int Sub, ulong? Anchor, BinlogPosition Place);

/// <summary>What of the batches without their ack is proven to have been met before, or is new.</summary>
internal enum BatchProof
{
    /// <summary>This batch and all before it.</summary>
    Whole,

    /// <summary>All batches before this one.</summary>
    UpToIt,

    /// <summary>Nothing more than before.</summary>
    None,
}
