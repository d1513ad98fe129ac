using System.Diagnostics.CodeAnalysis;

namespace CanalBridge.Serialization.Output;

/// <summary>Where a part lies in its buffer; <see cref="Null"/> is a null, not an empty text.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Number of bytes; -1 for null.</param>
[SuppressMessage("Design", "CA1036", Justification = "Ranges are not ordered.")]
public readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>A null: no bytes at all.</summary>
    public static ByteRange Null => new(0, -1);

    /// <summary>Whether this is null.</summary>
    public bool IsNull => Length < 0;
}
