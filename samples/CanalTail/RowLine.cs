using System.Text.Json;
using Canal.Client.Entries;

namespace CanalTail;

/// <summary>One JSON line per row: db, table, event_type, and the row before and after, each where there is one.</summary>
internal static class RowLine
{
    public static void Write(Stream output, CanalEntry entry)
    {
        if (entry.Type != CanalEntryType.RowData)
        {
            return;
        }

        RowChange change = entry.ReadRowChange();
        foreach (RowData row in change.Rows)
        {
            using (var json = new Utf8JsonWriter(output))
            {
                json.WriteStartObject();
                json.WriteString("db"u8, entry.Header.SchemaName);
                json.WriteString("table"u8, entry.Header.TableName);
                json.WriteString("event_type", change.EventType.ToString());
                WriteImage(json, "before"u8, row.BeforeColumns);
                WriteImage(json, "after"u8, row.AfterColumns);
                json.WriteEndObject();
            }

            output.WriteByte((byte)'\n');
        }
    }

    private static void WriteImage(Utf8JsonWriter json, ReadOnlySpan<byte> name, RowData.ColumnEnumerable columns)
    {
        bool any = false;
        foreach (Column column in columns)
        {
            if (!any)
            {
                json.WriteStartObject(name);
                any = true;
            }

            if (column.IsNull)
            {
                json.WriteNull(column.Name);
            }
            else
            {
                json.WriteString(column.Name, column.Value);
            }
        }

        if (any)
        {
            json.WriteEndObject();
        }
    }
}
