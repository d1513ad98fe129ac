using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Canal.Client.Wire;

namespace Canal.Client;

/// <summary>Recordings: frames of type MESSAGES one after the other, each with its four-byte big-endian length.</summary>
public static class CanalFrames
{
    /// <summary>Reads the batches of a recording in order. The caller disposes of each.</summary>
    /// <param name="stream">The recording; stays the caller's.</param>
    /// <param name="frameCapBytes">Largest frame accepted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CanalProtocolException">A frame is malformed, over the cap, cut off or no MESSAGES.</exception>
    public static async IAsyncEnumerable<CanalBatch> ReadAsync(
        Stream stream, int frameCapBytes = 256 << 20, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        string source = stream is FileStream file ? $"recording {file.Name}" : "the recording";
        using var reader = new FrameReader(stream, frameCapBytes, source);
        while (await ReadFrameAsync(reader, cancellationToken).ConfigureAwait(false) is { } frame)
        {
            yield return ReadBatch(frame, source);
        }
    }

    /// <summary>Appends a batch that was read from a connection or a recording.</summary>
    /// <exception cref="ArgumentException">The batch was not read from a frame.</exception>
    public static async ValueTask WriteAsync(Stream stream, CanalBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Frame.IsEmpty)
        {
            throw new ArgumentException($"Batch {batch.Id} was not read from a frame.", nameof(batch));
        }

        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, batch.Frame.Length);
        await stream.WriteAsync(length, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(batch.Frame, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<Frame?> ReadFrameAsync(FrameReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException e)
        {
            throw new CanalProtocolException($"Recording is cut off: {e.Message}", e);
        }
    }

    private static CanalBatch ReadBatch(Frame frame, string source)
    {
        try
        {
            return MessagesPacket.Read(frame.Memory, PacketHeader.Parse(frame.Memory, source), frame, source);
        }
        catch (CanalProtocolException)
        {
            frame.Dispose();
            throw;
        }
    }
}
