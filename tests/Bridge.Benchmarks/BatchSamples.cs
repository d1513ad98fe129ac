using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;

namespace CanalBridge.Benchmarks;

/// <summary>Bodies of MESSAGES packets to measure with.</summary>
internal static class BatchSamples
{
    private const int Update = 2;

    /// <summary>Updates of a table of ten columns of everyday types, both images, three columns changed.</summary>
    public static byte[] TenColumns(int entries, int rowsPerEntry)
    {
        (string Name, string Type, Func<int, bool, string> Value)[] columns =
        [
            ("id", "bigint(20) unsigned", static (row, _) => Text(1_000_000 + row)),
            ("customer_id", "int(11)", static (row, _) => Text(row * 7)),
            ("status", "enum('placed','paid','shipped','delivered','cancelled')", static (_, after) => after ? "3" : "2"),
            ("total", "decimal(12,2)", static (row, _) => Text(row) + ".95"),
            ("currency", "char(3)", static (_, _) => "EUR"),
            ("email", "varchar(120)", static (row, _) => $"customer{Text(row)}@example.com"),
            ("note", "text", static (_, _) => "Leave the parcel with the neighbour"),
            ("quantity", "smallint(6)", static (row, after) => Text((row + (after ? 1 : 0)) % 1000)),
            ("created_at", "datetime(3)", static (_, _) => "2024-03-01 21:32:12.599"),
            ("updated_at", "timestamp", static (_, after) => after ? "2024-03-01 21:32:13" : "2024-03-01 21:32:12"),
        ];
        return Batch(columns, entries, rowsPerEntry);
    }

    /// <summary>Updates of a table of 100 columns, five of them changed.</summary>
    public static byte[] HundredColumns(int entries, int rowsPerEntry)
    {
        var columns = Enumerable.Range(0, 100).Select(static i => (
            $"column_{Text(i)}",
            (i % 5) switch { 0 => "int(11)", 1 => "varchar(40)", 2 => "decimal(10,2)", 3 => "datetime", _ => "bigint(20)" },
            (Func<int, bool, string>)((row, after) => (i % 5) switch
            {
                0 => Text(row + (after && i % 20 == 5 ? 1 : 0)),
                1 => "some text of usual length",
                2 => "1234.50",
                3 => "2024-03-01 21:32:12",
                _ => Text((row * 1_000_003L) + i),
            }))).ToArray();
        return Batch(columns, entries, rowsPerEntry);
    }

    /// <summary>The recorded shop: its frames' bodies.</summary>
    public static byte[][] Shop()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "14-shop.frames"));
        var bodies = new List<byte[]>();
        for (int i = 0; i < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(i));
            var packet = new CodedInputStream(file, i + 4, length);
            while (packet.ReadTag() is var tag and not 0)
            {
                if (tag >> 3 == 5)
                {
                    bodies.Add(packet.ReadBytes().ToByteArray());
                }
                else
                {
                    packet.SkipLastField();
                }
            }

            i += 4 + length;
        }

        return [.. bodies];
    }

    private static byte[] Batch((string Name, string Type, Func<int, bool, string> Value)[] columns, int entries, int rowsPerEntry) => Message(output =>
    {
        output.WriteTag(0x08);
        output.WriteInt64(1);
        for (int entry = 0; entry < entries; entry++)
        {
            Write(output, 0x12, Entry(columns, entry, rowsPerEntry));
        }
    });

    private static byte[] Entry((string Name, string Type, Func<int, bool, string> Value)[] columns, int entry, int rows) => Message(output =>
    {
        Write(output, 0x0a, Message(header =>
        {
            Number(header, 0x08, 1);
            WriteText(header, 0x12, "mysql-bin.000004");
            Number(header, 0x18, 2_000_000 + (entry * 1000L));
            Number(header, 0x20, 1);
            WriteText(header, 0x2a, "UTF-8");
            Number(header, 0x30, 1_795_509_795_000);
            Number(header, 0x38, 1);
            // Not the shop, whose statements tell other columns of its orders.
            WriteText(header, 0x42, "mart");
            WriteText(header, 0x4a, "orders");
            Number(header, 0x50, 900);
            Number(header, 0x58, Update);
            Write(header, 0x62, Message(static pair =>
            {
                WriteText(pair, 0x0a, "rowsCount");
                WriteText(pair, 0x12, "1");
            }));
        }));
        Number(output, 0x10, 2);
        Write(output, 0x1a, Message(change =>
        {
            Number(change, 0x08, 50);
            Number(change, 0x10, Update);
            Number(change, 0x50, 0);
            for (int row = 0; row < rows; row++)
            {
                Write(change, 0x62, Row(columns, (entry * rows) + row));
            }
        }));
    });

    private static byte[] Row((string Name, string Type, Func<int, bool, string> Value)[] columns, int row) => Message(output =>
    {
        foreach (bool after in new[] { false, true })
        {
            for (int i = 0; i < columns.Length; i++)
            {
                (string name, string type, Func<int, bool, string> value) = columns[i];
                int index = i;
                Write(output, after ? 0x12u : 0x0au, Message(column =>
                {
                    Number(column, 0x08, index);
                    Number(column, 0x10, type.StartsWith("bigint", StringComparison.Ordinal) ? -5 : 12);
                    WriteText(column, 0x1a, name);
                    Number(column, 0x20, index == 0 ? 1 : 0);
                    Number(column, 0x28, after && value(row, true) != value(row, false) ? 1 : 0);
                    Number(column, 0x30, 0);
                    WriteText(column, 0x42, value(row, after));
                    WriteText(column, 0x52, type);
                }));
            }
        }
    });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }

    private static void Write(CodedOutputStream output, uint tag, byte[] message)
    {
        output.WriteTag(tag);
        output.WriteBytes(ByteString.CopyFrom(message));
    }

    private static void WriteText(CodedOutputStream output, uint tag, string text)
    {
        output.WriteTag(tag);
        output.WriteString(text);
    }

    private static void Number(CodedOutputStream output, uint tag, long value)
    {
        output.WriteTag(tag);
        output.WriteInt64(value);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
