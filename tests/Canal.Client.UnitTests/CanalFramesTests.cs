namespace Canal.Client.UnitTests;

public sealed class CanalFramesTests
{
    [Theory]
    [InlineData("mariadb-01-basics.frames")]
    [InlineData("mysql-12-gtid-basics.frames")]
    public async Task Recording_is_written_back_byte_for_byte(string name)
    {
        byte[] recorded = await File.ReadAllBytesAsync(TestEntries.FramePath(name));
        using var copy = new MemoryStream();

        await foreach (CanalBatch batch in CanalFrames.ReadAsync(new MemoryStream(recorded)))
        {
            using (batch)
            {
                await CanalFrames.WriteAsync(copy, batch);
            }
        }

        Assert.Equal(recorded, copy.ToArray());
    }

    [Fact]
    public async Task Cut_recording_is_refused()
    {
        byte[] recorded = await File.ReadAllBytesAsync(TestEntries.FramePath("mysql-15-xa.frames"));

        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => ReadAllAsync(recorded[..^1]));

        Assert.StartsWith("Recording is cut off", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frame_that_is_no_batch_is_refused()
    {
        var e = await Assert.ThrowsAsync<CanalProtocolException>(() => ReadAllAsync([0, 0, 0, 4, 0x10, 0x01, 0x18, 0x03]));

        Assert.Contains("expected MESSAGES (7)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_without_a_frame_is_not_written() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await CanalFrames.WriteAsync(Stream.Null, CanalBatch.Empty));

    private static async Task ReadAllAsync(byte[] bytes)
    {
        await foreach (CanalBatch batch in CanalFrames.ReadAsync(new MemoryStream(bytes)))
        {
            batch.Dispose();
        }
    }
}
