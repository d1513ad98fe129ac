namespace CanalBridge.Loop.Publish;

/// <summary>One reusable array per length, because Confluent.Kafka takes nothing but arrays of exact length.</summary>
/// <remarks>Safe because Produce copies before it returns. Long values get an array of their own: the table stays below 9 MiB.</remarks>
internal sealed class ExactLengthArrays
{
    private const int LongestKept = 4096;

    private readonly byte[]?[] _byLength = new byte[]?[LongestKept + 1];

    public byte[] Copy(ReadOnlySpan<byte> bytes)
    {
        byte[] array = bytes.Length <= LongestKept ? _byLength[bytes.Length] ??= new byte[bytes.Length] : new byte[bytes.Length];
        bytes.CopyTo(array);
        return array;
    }
}
