namespace CanalBridge.Source;

/// <summary>The source database could not be asked for a table's definition.</summary>
internal sealed class SourceUnavailableException : Exception
{
    public SourceUnavailableException(string table, string server, string reason, Exception cause)
        : base($"Cannot ask the source at {server} for the definition of {table}: {reason}. Its records would have another key now than later, so the bridge stops; nothing is lost. "
            + "Mend the cause and start it again, or take Source:ConnectionString out to do without definitions of older tables.", cause)
    {
    }
}
