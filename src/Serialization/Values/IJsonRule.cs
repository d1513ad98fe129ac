using System.Buffers;

namespace CanalBridge.Serialization.Values;

/// <summary>What differs between JSON writers in a string. Types instead of values, so that each gets code of its own.</summary>
internal interface IJsonRule
{
    /// <summary>Bytes that do not stand for themselves, and 0xEF, with which U+FFFD begins: one scan finds both what to escape and what Canal has destroyed.</summary>
    static abstract SearchValues<byte> Special { get; }

    /// <summary>Digits of <c>\u001f</c>.</summary>
    static abstract ReadOnlySpan<byte> HexDigits { get; }
}

/// <summary>Jackson: upper-case hex, characters beyond U+FFFF as two surrogates.</summary>
internal readonly struct JacksonRule : IJsonRule
{
    /// <inheritdoc />
    public static SearchValues<byte> Special { get; } = SearchValues.Create(
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
        (byte)'"', (byte)'\\', 0xef, 0xf0, 0xf1, 0xf2, 0xf3, 0xf4,
    ]);

    /// <inheritdoc />
    public static ReadOnlySpan<byte> HexDigits => "0123456789ABCDEF"u8;
}

/// <summary>fastjson2, which Canal writes with: lower-case hex; all other characters stand for themselves, U+007F, U+2028 and those beyond U+FFFF too.</summary>
internal readonly struct FastjsonRule : IJsonRule
{
    /// <inheritdoc />
    public static SearchValues<byte> Special { get; } = SearchValues.Create(
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
        (byte)'"', (byte)'\\', 0xef,
    ]);

    /// <inheritdoc />
    public static ReadOnlySpan<byte> HexDigits => "0123456789abcdef"u8;
}
