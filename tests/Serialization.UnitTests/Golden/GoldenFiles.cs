using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Canal.Client;
using Canal.Client.Entries;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Tables;

namespace CanalBridge.Serialization.UnitTests.Golden;

/// <summary>Keeps of a record, which is gone with its batch, what a test looks at.</summary>
internal delegate T RecordReader<out T>(in SerializedRecord record);

/// <summary>Where recordings and goldens lie: all of them in folders beside the repository, a few in this project.</summary>
internal static class GoldenFiles
{
    private const string CornerPrefix = "corners/";

    private static readonly string Own = Path.Combine(AppContext.BaseDirectory, "Golden");

    /// <summary>Sources of recordings; <c>-tsdb</c> is with Canal's table history on.</summary>
    private static readonly string[] Sources = ["mariadb", "mysql", "mariadb-tsdb", "mysql-tsdb"];

    /// <summary>Folder of Bridge.sln; null outside of the repository.</summary>
    public static string? RepositoryRoot { get; } = FindRepository();

    /// <summary>Folder of all goldens; null when there is none.</summary>
    public static string? SharedGolden { get; } = Find("SHARED_GOLDEN", "golden");

    /// <summary>Folder of all recordings; null when there is none.</summary>
    public static string? SharedRecordings { get; } = Find("SHARED_RECORDINGS", "recordings");

    /// <summary>Folder of recordings and goldens of inputs on which others failed; null when there is none.</summary>
    public static string? Corners { get; } = Find("SHARED_CORNERS", "corners");

    public static string KnownDifferences => Path.Combine(Own, "known-differences.json");

    /// <summary>Scenarios such as <c>mariadb/14-shop</c> that have a recording and a golden of a variant.</summary>
    public static IEnumerable<string> Scenarios(GoldenVariant variant)
    {
        string golden = SharedGolden ?? Own, recordings = SharedRecordings ?? Own;
        return
            from source in Sources
            where Directory.Exists(Path.Combine(recordings, source))
            from frames in Directory.EnumerateFiles(Path.Combine(recordings, source), "*.frames").Order(StringComparer.Ordinal)
            let name = Path.GetFileNameWithoutExtension(frames)
            where GoldenPath(golden, $"{source}/{name}", variant) is not null
            select $"{source}/{name}";
    }

    /// <summary>Corners such as <c>corners/mysql/01-after</c> that have a recording.</summary>
    public static IEnumerable<string> CornerScenarios() =>
        from source in Corners is null ? [] : new[] { "mariadb", "mysql" }
        from frames in Directory.EnumerateFiles(Path.Combine(Corners!, "recordings", source), "*.frames").Order(StringComparer.Ordinal)
        select $"{CornerPrefix}{source}/{Path.GetFileNameWithoutExtension(frames)}";

    /// <summary>Whether there is a golden.</summary>
    public static bool HasGolden(string scenario, GoldenVariant variant) => FindGolden(scenario, variant) is not null;

    /// <summary>Every MESSAGES body of a recording.</summary>
    public static List<byte[]> ReadFrames(string scenario)
    {
        var bodies = new List<byte[]>();
        string path = IsCorner(scenario) ? Path.Combine(Corners!, "recordings", scenario[CornerPrefix.Length..]) : Path.Combine(SharedRecordings ?? Own, scenario);
        byte[] file = File.ReadAllBytes(path + ".frames");
        for (int i = 0; i < file.Length;)
        {
            int length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(i));
            bodies.Add(PacketBody(file.AsSpan(i + 4, length)));
            i += 4 + length;
        }

        return bodies;
    }

    /// <summary>Every record that a serializer makes of a recording, in order.</summary>
    public static List<T> Serialize<T>(EntrySerializer serializer, string scenario, RecordReader<T> read)
    {
        var records = new List<T>();
        using var buffer = new RecordBuffer();
        foreach (byte[] frame in ReadFrames(scenario))
        {
            buffer.Clear();
            using var batch = new CanalBatch(frame);
            foreach (CanalEntry entry in batch.Entries)
            {
                serializer.Write(entry, new EntryContext(SerializerFixture.Now, batch.Id), buffer);
            }

            for (int i = 0; i < buffer.Count; i++)
            {
                records.Add(read(buffer[i]));
            }
        }

        return records;
    }

    /// <summary>A record as text.</summary>
    public static GoldenRecord ToGolden(in SerializedRecord record, IReadOnlyList<KeyValuePair<string, byte[]>> sharedHeaders)
    {
        var headers = new List<(string, string)>();
        if (record.HeaderName is { } own)
        {
            headers.Add((own, Encoding.UTF8.GetString(record.HeaderValue)));
        }

        headers.AddRange((record.SharesHeaders ? sharedHeaders : []).Select(static header => (header.Key, Encoding.UTF8.GetString(header.Value))));
        return new GoldenRecord(
            record.Topic,
            record.KeyIsNull ? null : Encoding.UTF8.GetString(record.Key),
            record.ValueIsNull ? null : Encoding.UTF8.GetString(record.Value),
            [.. headers]);
    }

    /// <summary>The golden's records in file order: by topic, then offset.</summary>
    public static List<GoldenRecord> ReadGolden(string scenario, GoldenVariant variant)
    {
        string path = FindGolden(scenario, variant) ?? throw new FileNotFoundException(scenario);
        using Stream file = File.OpenRead(path);
        using Stream text = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text);
        var records = new List<GoldenRecord>();
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            JsonElement record = json.RootElement;
            records.Add(new GoldenRecord(
                record.GetProperty("topic").GetString()!,
                record.GetProperty("key").GetString(),
                record.GetProperty("value").GetString(),
                record.TryGetProperty("headers", out JsonElement headers)
                    ? [.. headers.EnumerateArray().Select(static header => (header[0].GetString()!, header[1].GetString()!))]
                    : []));
        }

        return records;
    }

    /// <summary>What the source's SHOW CREATE TABLE printed before the recording began; null where all tables are made in it.</summary>
    public static ITableStatements? StatementsBefore(string scenario)
    {
        string path = Path.Combine(Own, scenario + ".tables.json");
        return File.Exists(path) ? new RecordedStatements(JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(path))!) : null;
    }

    private static bool IsCorner(string scenario) => scenario.StartsWith(CornerPrefix, StringComparison.Ordinal);

    private static string? FindGolden(string scenario, GoldenVariant variant) => IsCorner(scenario)
        ? GoldenPath(Path.Combine(Corners!, "golden"), scenario[CornerPrefix.Length..], variant)
        : GoldenPath(SharedGolden ?? Own, scenario, variant);

    private static string? GoldenPath(string folder, string scenario, GoldenVariant variant)
    {
        string path = variant == GoldenVariant.CanalFlat
            ? Path.Combine(folder, "canal-flat", scenario)
            : variant.Mode is { } mode
            ? Path.Combine(folder, "modes", $"{scenario}.{mode}{(variant.Schemas ? ".schemas" : "")}")
            : Path.Combine(folder, $"{scenario}.{(variant.Schemas ? "schemas" : "schemaless")}");
        return new[] { ".jsonl", ".jsonl.gz" }.Select(end => path + end).FirstOrDefault(File.Exists);
    }

    private static string? Find(string variable, string name)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set)
        {
            return set;
        }

        string path = Path.Combine(RepositoryRoot ?? ".", "..", "shared", name);
        return RepositoryRoot is not null && Directory.Exists(path) ? path : null;
    }

    private static string? FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Bridge.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }

    /// <summary>Field 5 of a Packet.</summary>
    private static byte[] PacketBody(ReadOnlySpan<byte> packet)
    {
        for (int i = 0; i < packet.Length;)
        {
            ulong tag = Varint(packet, ref i);
            ulong value = Varint(packet, ref i);
            if ((tag & 7) != 2)
            {
                continue;
            }

            if (tag >> 3 == 5)
            {
                return packet.Slice(i, (int)value).ToArray();
            }

            i += (int)value;
        }

        throw new InvalidDataException("A packet without body.");
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int position)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = bytes[position++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }
}

/// <summary>Which golden of a scenario.</summary>
/// <param name="Mode">Name of the one option that was changed, as in its file name; null for Debezium's defaults.</param>
/// <param name="Schemas">Whether the converters wrote schemas.</param>
internal sealed record GoldenVariant(string? Mode, bool Schemas)
{
    /// <summary>What Canal's own Kafka mode wrote.</summary>
    public static GoldenVariant CanalFlat { get; } = new("canal-flat", Schemas: false);
}

/// <summary>Statements by table.</summary>
internal sealed class RecordedStatements(Dictionary<string, string> statements) : ITableStatements
{
    public string? ShowCreateTable(string schema, string table, string shape, CancellationToken cancellationToken = default) => statements.GetValueOrDefault($"{schema}.{table}");
}

/// <summary>A Kafka record as text.</summary>
internal sealed record GoldenRecord(string Topic, string? Key, string? Value, (string Name, string Text)[] Headers);
