using System.Buffers;

namespace Canal.Client.Wire;

/// <summary>Buffers of frames: pooled up to a size, beyond it of exact length.</summary>
/// <remarks>The shared pool rounds up to a power of two and keeps what comes back: a frame of 40 MiB would hold 64 MiB for good.</remarks>
internal static class FrameBuffers
{
    /// <summary>Largest pooled buffer; a power of two, so that the pool rounds nothing beyond it.</summary>
    public const int LargestPooled = 16 << 20;

    public static byte[] Rent(int bytes) => bytes <= LargestPooled ? ArrayPool<byte>.Shared.Rent(bytes) : GC.AllocateUninitializedArray<byte>(bytes);

    public static void Return(byte[] buffer)
    {
        if (buffer.Length <= LargestPooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
