using System.Buffers.Binary;
using System.IO.Pipelines;
using Canal.Client.Wire;

namespace Canal.Client.UnitTests.Wire;

public sealed class FrameReaderTests
{
    private static readonly byte[] TwoFrames = [0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 1, 9];

    [Fact]
    public async Task Several_frames_in_one_segment_come_one_by_one()
    {
        Assert.Equal(["010203", "09"], await ReadAllAsync(new MemoryStream(TwoFrames)));
    }

    [Fact]
    public async Task Frames_in_segments_of_one_byte_come_whole()
    {
        Assert.Equal(["010203", "09"], await ReadAllAsync(new Trickle(TwoFrames)));
    }

    [Fact]
    public async Task Negative_length_is_refused()
    {
        using var reader = new FrameReader(new MemoryStream([0xff, 0xff, 0xff, 0xff]), 100, "canal:11111");

        var e = await Assert.ThrowsAsync<CanalProtocolException>(async () => await reader.ReadAsync());

        Assert.Contains("Frame length -1 from canal:11111 is negative", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frame_over_cap_is_refused_before_allocation()
    {
        using var reader = new FrameReader(new MemoryStream([0x7f, 0xff, 0xff, 0xff]), 100, "canal:11111");

        var e = await Assert.ThrowsAsync<CanalProtocolException>(async () => await reader.ReadAsync());

        Assert.StartsWith("Frame length 2147483647 from canal:11111 exceeds the cap of 100 bytes (FrameCapBytes)", e.Message, StringComparison.Ordinal);
        Assert.Contains("no Canal server answers there", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, reader.BodyCapacity);
    }

    [Fact]
    public async Task Frame_over_cap_behind_a_good_one_is_not_taken_for_another_protocol()
    {
        using var reader = new FrameReader(new MemoryStream([0, 0, 0, 1, 9, 0x7f, 0xff, 0xff, 0xff]), 100, "canal:11111");
        (await reader.ReadAsync())!.Dispose();

        var e = await Assert.ThrowsAsync<CanalProtocolException>(async () => await reader.ReadAsync());

        Assert.Equal("Frame length 2147483647 from canal:11111 exceeds the cap of 100 bytes (FrameCapBytes), or the stream is damaged.", e.Message);
    }

    [Fact]
    public async Task Frame_at_the_cap_is_read()
    {
        using var reader = new FrameReader(new MemoryStream(TwoFrames), 3, "canal:11111");

        using Frame? frame = await reader.ReadAsync();

        Assert.Equal(3, frame!.Memory.Length);
    }

    [Fact]
    public async Task Claimed_length_gets_memory_only_as_bytes_arrive()
    {
        byte[] start = new byte[1000];
        BinaryPrimitives.WriteInt32BigEndian(start, 500 << 20);
        using var reader = new FrameReader(new MemoryStream(start), int.MaxValue, "canal:11111");

        await Assert.ThrowsAsync<EndOfStreamException>(async () => await reader.ReadAsync());

        Assert.InRange(reader.BodyCapacity, 1, 4 << 20);
    }

    [Fact]
    public async Task Large_frame_grows_and_comes_whole()
    {
        byte[] body = new byte[(5 << 20) + 3];
        new Random(1).NextBytes(body);
        byte[] frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        using var reader = new FrameReader(new MemoryStream(frame), int.MaxValue, "canal:11111");

        using Frame? read = await reader.ReadAsync();

        Assert.True(read!.Memory.Span.SequenceEqual(body));
    }

    [Fact]
    public async Task Frame_beyond_the_pooled_sizes_takes_its_own_length_and_no_more()
    {
        byte[] start = new byte[4 + (33 << 20)];
        BinaryPrimitives.WriteInt32BigEndian(start, 40 << 20);
        using var reader = new FrameReader(new MemoryStream(start), int.MaxValue, "canal:11111");

        await Assert.ThrowsAsync<EndOfStreamException>(async () => await reader.ReadAsync());

        Assert.Equal(40 << 20, reader.BodyCapacity);
    }

    [Fact]
    public async Task Huge_claim_gets_no_more_than_four_times_what_has_come()
    {
        byte[] start = new byte[4 + (17 << 20)];
        BinaryPrimitives.WriteInt32BigEndian(start, 900 << 20);
        using var reader = new FrameReader(new MemoryStream(start), int.MaxValue, "canal:11111");

        await Assert.ThrowsAsync<EndOfStreamException>(async () => await reader.ReadAsync());

        Assert.Equal(64 << 20, reader.BodyCapacity);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task End_inside_a_frame_is_an_error(int bytes)
    {
        using var reader = new FrameReader(new MemoryStream(TwoFrames, 0, bytes), 100, "canal:11111");

        await Assert.ThrowsAsync<EndOfStreamException>(async () => await reader.ReadAsync());
    }

    [Fact]
    public async Task End_between_frames_is_the_end()
    {
        using var reader = new FrameReader(new MemoryStream([]), 100, "canal:11111");

        Assert.Null(await reader.ReadAsync());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Cancelled_read_continues_inside_the_frame(int bytesBefore)
    {
        var pipe = new Pipe();
        using var reader = new FrameReader(pipe.Reader.AsStream(), 100, "canal:11111");
        using var cancel = new CancellationTokenSource();
        await pipe.Writer.WriteAsync(TwoFrames.AsMemory(0, bytesBefore));
        ValueTask<Frame?> cancelled = reader.ReadAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);

        await pipe.Writer.WriteAsync(TwoFrames.AsMemory(bytesBefore));
        using Frame? frame = await reader.ReadAsync();

        Assert.Equal("010203", Convert.ToHexString(frame!.Memory.Span));
    }

    [Fact]
    public async Task Each_segment_is_reported_as_progress_and_so_is_the_length()
    {
        int segments = 0;
        using var reader = new FrameReader(new Trickle(TwoFrames), 100, "canal:11111", () => segments++);

        using Frame? frame = await reader.ReadAsync();

        Assert.Equal(8, segments);
    }

    [Fact]
    public async Task Disposed_frame_gives_no_bytes()
    {
        using var reader = new FrameReader(new MemoryStream(TwoFrames), 100, "canal:11111");
        Frame? frame = await reader.ReadAsync();

        frame!.Dispose();
        frame.Dispose();

        Assert.Throws<ObjectDisposedException>(() => frame.Memory);
    }

    private static async Task<List<string>> ReadAllAsync(Stream stream)
    {
        var frames = new List<string>();
        using var reader = new FrameReader(stream, 100, "canal:11111");
        while (await reader.ReadAsync() is { } frame)
        {
            using (frame)
            {
                frames.Add(Convert.ToHexString(frame.Memory.Span));
            }
        }

        return frames;
    }

    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..1], cancellationToken);
    }
}
