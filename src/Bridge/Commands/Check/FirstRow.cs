using System.Text;
using Canal.Client;
using Canal.Client.Entries;

namespace CanalBridge.Commands.Check;

/// <summary>The first row that a destination gives, never its values.</summary>
internal sealed class FirstRow
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(200);

    /// <summary>Its table; null when none came.</summary>
    public (string Schema, string Table)? Table { get; private set; }

    public string EventType { get; private set; } = "";

    public string Position { get; private set; } = "";

    /// <summary>Time of its event.</summary>
    public DateTimeOffset Time { get; private set; }

    /// <summary>Canal is in GTID mode.</summary>
    public bool HasGtid { get; private set; }

    /// <summary>Entries seen, those without rows included.</summary>
    public int Entries { get; private set; }

    /// <summary>Changes that the binlog holds as statements: their rows are not in it.</summary>
    public int Statements { get; private set; }

    /// <summary>Whether reading ended early, with a batch that holds no row.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Reads until a row comes or the time is over, and gives everything back.</summary>
    /// <param name="connection">Logged in.</param>
    /// <param name="state">A client id that is registered is not subscribed again: that would replace the filter that Canal keeps with it.</param>
    /// <param name="limit">How long a row is waited for.</param>
    /// <param name="isBesideBridge">A bridge may be reading: it misses each batch that is taken, and ends when that happens too often, so one batch is all.</param>
    /// <param name="cancellationToken">Ends the waiting; what was read is given back then too.</param>
    public static async Task<FirstRow> ReadAsync(CanalConnection connection, CanalDestinationState state, TimeSpan limit, bool isBesideBridge, CancellationToken cancellationToken)
    {
        if (state != CanalDestinationState.Subscribed)
        {
            await connection.SubscribeAsync(filter: null, cancellationToken);
        }

        var row = new FirstRow();
        long started = TimeProvider.System.GetTimestamp();
        try
        {
            // What a client that is gone had got and not acknowledged would be passed over otherwise.
            await connection.RollbackAsync(0, cancellationToken);
            do
            {
                // The smallest size: a waiting GET returns when it is there in full.
                using CanalBatch batch = await connection.GetWithoutAckAsync(1, Wait, cancellationToken);
                row.Look(batch);
                row.IsCutShort = isBesideBridge && !batch.IsEmpty && row.Table is null;
            }
            while (row.Table is null && !row.IsCutShort && TimeProvider.System.GetElapsedTime(started) < limit);
        }
        finally
        {
            await connection.RollbackAsync(0, CancellationToken.None);
        }

        return row;
    }

    private void Look(CanalBatch batch)
    {
        foreach (CanalEntry entry in batch.Entries)
        {
            Entries++;
            if (entry.Type != CanalEntryType.RowData || !entry.Header.EventType.IsRowChange())
            {
                continue;
            }

            RowChange change = entry.ReadRowChange();
            if (change.CountRows() == 0)
            {
                Statements++;
            }
            else if (Table is null)
            {
                Table = (Encoding.UTF8.GetString(entry.Header.SchemaName), Encoding.UTF8.GetString(entry.Header.TableName));
                EventType = entry.Header.EventType.ToString().ToUpperInvariant();
                Position = entry.Header.Position.ToString();
                HasGtid = !entry.Header.Gtid.IsEmpty;
                Time = DateTimeOffset.FromUnixTimeMilliseconds(entry.Header.ExecuteTimeMilliseconds);
            }
        }
    }
}
