using Canal.Client.Entries;
using Canal.Client.Protocol;
using Canal.Client.Wire;
using CsCheck;
using Google.Protobuf;

namespace Canal.Client.UnitTests.Entries;

public sealed class EntryReadingTests
{
    private const int Samples = 10_000;

    private static readonly Gen<string> GenText = Gen.OneOf(Gen.Const(""), Gen.Char['a', 'z'].Array[0, 20].Select(c => new string(c)), Gen.OneOf(Gen.Const("Ünïcode"), Gen.Const("值"), Gen.Const("😀"), Gen.Const("a\0b")));

    private static readonly Gen<int> GenEnum = Gen.OneOf(Gen.Int[0, 16], Gen.Int);

    private static readonly Gen<Pair> GenPair = Gen.Select(GenText, GenText, (key, value) => new Pair { Key = key, Value = value });

    private static readonly Gen<Protocol.Column> GenColumn = Gen.Select(Gen.Int, Gen.Int[-10, 12], GenText, Gen.Int[0, 15], GenText, GenText, (index, sqlType, name, flags, value, type) =>
    {
        var column = new Protocol.Column { Index = index, SqlType = sqlType, Name = name, IsKey = (flags & 1) != 0, Updated = (flags & 2) != 0, Value = value, MysqlType = type };
        if ((flags & 4) != 0)
        {
            column.IsNull = (flags & 8) != 0;
        }

        return column;
    });

    private static readonly Gen<Protocol.RowData> GenRow = Gen.Select(GenColumn.Array[0, 3], GenColumn.Array[0, 3], (before, after) =>
    {
        var row = new Protocol.RowData();
        row.BeforeColumns.AddRange(before);
        row.AfterColumns.AddRange(after);
        return row;
    });

    private static readonly Gen<Protocol.RowChange> GenChange = Gen.Select(GenRow.Array[0, 3], GenPair.Array[0, 2], GenEnum, Gen.Int[0, 7], GenText, GenText, (rows, props, type, flags, sql, schema) =>
    {
        var change = new Protocol.RowChange { Sql = sql, DdlSchemaName = schema };
        change.RowDatas.AddRange(rows);
        change.Props.AddRange(props);
        if ((flags & 1) != 0)
        {
            change.EventType = (EventType)type;
        }

        if ((flags & 2) != 0)
        {
            change.IsDdl = (flags & 4) != 0;
        }

        return change;
    });

    private static readonly Gen<Header> GenHeader = Gen.Select(GenText, Gen.Long, Gen.Long, Gen.Long, GenText, GenPair.Array[0, 3], GenEnum, Gen.Bool, (file, offset, server, time, table, props, type, typed) =>
    {
        var header = new Header { LogfileName = file, LogfileOffset = offset, ServerId = server, ExecuteTime = time, SchemaName = table, TableName = file, EventLength = offset, Gtid = table };
        header.Props.AddRange(props);
        if (typed)
        {
            header.EventType = (EventType)type;
        }

        return header;
    });

    private static readonly Gen<byte[]> GenEntry = Gen.Select(GenHeader, GenChange, Gen.Int[0, 3], GenEnum, (header, change, flags, type) =>
    {
        var entry = new Entry { StoreValue = change.ToByteString() };
        if (flags != 0)
        {
            entry.Header = header;
        }

        if (flags == 2)
        {
            entry.EntryType = EntryType.Rowdata;
        }
        else if (flags == 3)
        {
            entry.EntryType = (EntryType)type;
        }

        return entry.ToByteArray();
    });

    [Fact]
    public void Generated_entries_read_like_the_generated_classes()
    {
        GenEntry.Sample(bytes => { EntryComparer.AssertSame(bytes); }, iter: Samples, threads: 1);
    }

    [Fact]
    public void Reordered_padded_and_unknown_fields_read_like_the_generated_classes()
    {
        Gen.Select(GenEntry, Gen.Int).Sample(
            (bytes, seed) =>
            {
                EntryComparer.AssertSame(new WireMangler(new Random(seed)).Mangle(bytes, "Entry"));
            },
            iter: Samples,
            threads: 1);
    }

    [Theory]
    [InlineData("mariadb-01-basics", 50)]
    [InlineData("mariadb-08-ddl", 10)]
    [InlineData("mariadb-16-names", 5)]
    [InlineData("mysql-02-numbers", 45)]
    [InlineData("mysql-12-gtid-basics", 50)]
    [InlineData("mysql-15-xa", 2)]
    public async Task Recorded_entries_read_like_the_generated_classes(string name, int rowsAtLeast)
    {
        int rows = await CompareAsync(TestEntries.FramePath(name + ".frames"));

        Assert.InRange(rows, rowsAtLeast, int.MaxValue);
    }

    [Fact]
    public async Task All_shared_recordings_read_like_the_generated_classes()
    {
        string? folder = SharedRecordings();
        Assert.SkipWhen(folder is null, "No recordings: set SHARED_RECORDINGS to a folder of .frames files (the project's own are in ../shared/recordings).");

        foreach (string file in Directory.EnumerateFiles(folder!, "*.frames", SearchOption.AllDirectories))
        {
            await CompareAsync(file);
        }
    }

    [Fact]
    public async Task Mutated_frames_throw_nothing_but_a_protocol_exception()
    {
        byte[][] frames = [.. await PacketsAsync("mysql-15-xa"), .. await PacketsAsync("mariadb-16-names"), .. await PacketsAsync("mysql-12-gtid-basics")];
        frames = [.. frames.Where(f => f.Length < 20_000)];
        int refused = 0;

        Gen.Int.Sample(
            seed =>
            {
                byte[] mutated = Mutate(frames, new Random(seed));
                try
                {
                    using CanalBatch batch = MessagesPacket.Read(mutated, PacketHeader.Parse(mutated, "test"), null, "test");
                    EntryComparer.Walk(batch);
                }
                catch (CanalProtocolException)
                {
                    refused++;
                }
            },
            iter: Samples,
            threads: 1);

        Assert.InRange(refused, Samples / 10, Samples);
    }

    [Fact]
    public void Every_truncation_of_an_entry_is_refused_or_shorter()
    {
        byte[] entry = TestEntries.Insert(1, padBytes: 200);
        int refused = 0;
        for (int length = 0; length < entry.Length; length++)
        {
            try
            {
                CanalEntry.Parse(entry.AsSpan(0, length)).ReadRowChange();
            }
            catch (CanalProtocolException)
            {
                refused++;
            }
        }

        // Whole at the field borders only: at the start, after the header, and after the type.
        Assert.Equal(entry.Length - 3, refused);
    }

    [Fact]
    public void Unknown_kinds_are_passed_on_as_they_came()
    {
        byte[] bytes = new Entry
        {
            Header = new Header { EventType = (EventType)99 },
            EntryType = (EntryType)42,
        }.ToByteArray();

        CanalEntry entry = CanalEntry.Parse(bytes);

        Assert.Equal((42, 99), ((int)entry.Type, (int)entry.Header.EventType));
    }

    [Fact]
    public void Negative_sql_type_of_ten_bytes_is_read()
    {
        byte[] bytes = [0x10, 0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];

        Assert.Equal(-5, Client.Entries.Column.Parse(bytes).SqlType);
    }

    [Fact]
    public void Entry_without_anything_is_row_data_without_rows()
    {
        CanalEntry entry = CanalEntry.Parse([]);

        int rows = 0;
        foreach (Client.Entries.RowData _ in entry.ReadRowChange().Rows)
        {
            rows++;
        }

        Assert.Equal((CanalEntryType.RowData, 0, 0), (entry.Type, entry.Header.TableName.Length, rows));
    }

    private static async Task<int> CompareAsync(string path)
    {
        int rows = 0;
        await foreach (CanalBatch batch in CanalFrames.ReadAsync(File.OpenRead(path)))
        {
            using (batch)
            {
                foreach (CanalEntry entry in batch.Entries)
                {
                    rows += EntryComparer.AssertSame(entry.Bytes);
                }
            }
        }

        return rows;
    }

    private static async Task<List<byte[]>> PacketsAsync(string name)
    {
        var packets = new List<byte[]>();
        await foreach (CanalBatch batch in CanalFrames.ReadAsync(File.OpenRead(TestEntries.FramePath(name + ".frames"))))
        {
            using (batch)
            {
                packets.Add(batch.Frame.ToArray());
            }
        }

        return packets;
    }

    private static byte[] Mutate(byte[][] frames, Random random)
    {
        byte[] bytes = [.. frames[random.Next(frames.Length)]];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            switch (random.Next(4))
            {
                case 0:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..random.Next(1, bytes.Length + 1)];
                    break;
                default:
                    int at = random.Next(bytes.Length);
                    bytes = [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
                    break;
            }
        }

        return bytes;
    }

    private static string? SharedRecordings()
    {
        if (Environment.GetEnvironmentVariable("SHARED_RECORDINGS") is { Length: > 0 } set)
        {
            return set;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Bridge.sln")))
            {
                string beside = Path.Combine(folder.FullName, "..", "shared", "recordings");
                return Directory.Exists(beside) ? beside : null;
            }
        }

        return null;
    }
}
