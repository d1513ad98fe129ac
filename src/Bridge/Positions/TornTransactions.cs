using Canal.Client.Entries;

namespace CanalBridge.Positions;

/// <summary>Sees where Canal leaves out the beginning of a transaction.</summary>
/// <remarks>
/// <para>
/// With canal.instance.parser.parallel=true, its default, Canal 1.1.7 may forget the beginning of a transaction when it loses the source, while its
/// parser threads still send the rest. Then either the whole transaction follows, from its BEGIN, or the rest ends with END, and the beginning never comes.
/// </para>
/// <para>
/// Rows without a BEGIN show it. They are not taken, and nothing from there on is acknowledged until the whole transaction comes; an END without it stops the
/// bridge. Where no BEGIN is ever told nothing can be seen: MariaDB, and canal.instance.filter.transaction.entry=true.
/// </para>
/// </remarks>
/// <param name="tellsBegins">Canal told a BEGIN before, in a stream that goes on.</param>
internal sealed class TornTransactions(bool tellsBegins)
{
    private bool _wasTorn;

    /// <summary>Canal's instance tells the BEGINs of transactions.</summary>
    public bool TellsBegins { get; private set; } = tellsBegins;

    /// <summary>Rows without a BEGIN were left, and their transaction is due.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>A Canal session begins. What an older instance forgot, a new one sends.</summary>
    public void BeginSession(bool isNewInstance)
    {
        IsTorn = false;
        TellsBegins &= !isNewInstance;
    }

    /// <summary>A batch begins.</summary>
    public void BeginBatch() => _wasTorn = IsTorn;

    /// <summary>What may be acknowledged behind a batch.</summary>
    /// <param name="proof">As it would be without torn transactions.</param>
    public BatchProof Limit(BatchProof proof) => !IsTorn ? proof : _wasTorn || proof == BatchProof.None ? BatchProof.None : BatchProof.UpToIt;

    /// <summary>Whether a new entry has to be left, since the beginning of its transaction is missing.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="hasBegun">Its transaction was begun by a BEGIN or a statement, or stands outside of one.</param>
    /// <exception cref="PositionGapException">The transaction ends without its beginning.</exception>
    public bool IsWithoutBegin(in CanalEntry entry, bool hasBegun)
    {
        if (entry.Type == CanalEntryType.TransactionBegin)
        {
            TellsBegins = true;
            IsTorn = false;
            return false;
        }

        if (!IsTorn && (hasBegun || !TellsBegins))
        {
            return false;
        }

        RowChange change = entry.Type == CanalEntryType.RowData ? entry.ReadRowChange() : default;
        if (IsTorn && (entry.Type == CanalEntryType.TransactionEnd || change.IsDdl))
        {
            throw PositionGapException.Torn(entry.Header.Position.ToString());
        }

        // A statement that is neither DDL nor rows, such as CREATE DATABASE, has no BEGIN.
        IsTorn |= entry.Type == CanalEntryType.RowData && entry.Header.EventType.IsRowChange() && change.Sql.IsEmpty;
        return IsTorn;
    }
}
