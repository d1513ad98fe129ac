using System.Globalization;
using Canal.Client.Entries;
using Canal.Client.Protocol;
using Google.Protobuf;

namespace Canal.Client.Testing;

/// <summary>The batches of a recording, for giving out once or several times.</summary>
internal sealed class Recording
{
    // More than any recording spans, so that the files of two rounds never meet.
    private const int FilesPerRound = 100;

    private Recording(IReadOnlyList<byte[][]> batches, long rows)
    {
        Batches = batches;
        Rows = rows;
    }

    public IReadOnlyList<byte[][]> Batches { get; }

    public long Rows { get; }

    public static async Task<Recording> ReadAsync(Stream frames, CancellationToken cancellationToken)
    {
        var batches = new List<byte[][]>();
        long rows = 0;
        await foreach (CanalBatch batch in CanalFrames.ReadAsync(frames, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            using (batch)
            {
                batches.Add(Copy(batch, ref rows));
            }
        }

        return new Recording(batches, rows);
    }

    /// <summary>The same entry, as many rounds of binlog files and days later: positions go on rising, and no entry is like one before.</summary>
    /// <exception cref="FormatException">The file name does not end in a dot and a number.</exception>
    public static byte[] Shift(byte[] bytes, int round)
    {
        Entry entry = Entry.Parser.ParseFrom(bytes);
        string file = entry.Header.LogfileName;
        int dot = file.LastIndexOf('.');
        if (dot < 0 || !int.TryParse(file.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw new FormatException($"Binlog file '{file}' has no number after its last dot; the recording cannot be repeated.");
        }

        entry.Header.LogfileName = string.Create(CultureInfo.InvariantCulture, $"{file[..dot]}.{number + (round * FilesPerRound):D6}");
        entry.Header.ExecuteTime += round * (long)TimeSpan.FromDays(1).TotalMilliseconds;
        return entry.ToByteArray();
    }

    private static byte[][] Copy(CanalBatch batch, ref long rows)
    {
        var entries = new List<byte[]>(batch.Count);
        foreach (CanalEntry entry in batch.Entries)
        {
            entries.Add(entry.Bytes.ToArray());
            if (entry.Type == CanalEntryType.RowData)
            {
                foreach (Entries.RowData _ in entry.ReadRowChange().Rows)
                {
                    rows++;
                }
            }
        }

        return [.. entries];
    }
}
