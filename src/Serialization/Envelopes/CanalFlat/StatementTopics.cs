using System.Text;
using Canal.Client.Entries;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.Envelopes.CanalFlat;

/// <summary>Topics of statements: that of the table which the header names, else the one of no table, which is named by the topic prefix.</summary>
internal sealed class StatementTopics
{
    private readonly ITableTopics _topics;
    private readonly TableFilter? _filter;

    // MariaDB sends a statement without table for each transaction.
    private string? _ofNoTable;

    public StatementTopics(SerializationSettings settings, ITableTopics topics)
    {
        _topics = topics;
        _filter = settings.TableFilter;
    }

    /// <summary>The topic; null if the table is left out.</summary>
    public string? Find(in EntryHeader header)
    {
        if (header.SchemaName.IsEmpty || header.TableName.IsEmpty)
        {
            return _ofNoTable ??= _topics.TopicOf("", "");
        }

        string schema = Encoding.UTF8.GetString(header.SchemaName), table = Encoding.UTF8.GetString(header.TableName);
        return _filter?.Passes(schema, table) == false ? null : _topics.TopicOf(schema, table);
    }
}
