using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Canal.Client.Protocol;
using Google.Protobuf;

namespace Canal.Client.Wire;

/// <summary>The login. Sent also when the server asks for none: it carries the idle time-outs.</summary>
/// <remarks>
/// Destination and client id stay empty: filled in, the server subscribes before it starts a lazy instance and closes the
/// connection without an answer when that fails. Source: CanalProtocol.proto, ClientAuth; canal e20e4424,
/// ClientAuthenticationHandler and SecurityUtil.scramble411.
/// </remarks>
internal static class AuthenticationPacket
{
    public static byte[] Build(CanalClientOptions options, ReadOnlySpan<byte> seed)
    {
        // Milliseconds: the comment in the .proto says seconds, the server reads milliseconds.
        int idleMilliseconds = (int)options.ServerIdleTimeout.TotalMilliseconds;
        return FrameWriter.Build(PacketType.Clientauthentication, new ClientAuth
        {
            Username = options.Username ?? "",
            Password = string.IsNullOrEmpty(options.Password) ? ByteString.Empty : ByteString.CopyFromUtf8(Scramble(options.Password, seed)),
            NetReadTimeout = idleMilliseconds,
            NetWriteTimeout = idleMilliseconds,
        });
    }

    /// <summary>hex(SHA1(seed, SHA1(SHA1(password))) XOR SHA1(password)): 40 characters.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The protocol prescribes SHA-1.")]
    public static string Scramble(string password, ReadOnlySpan<byte> seed)
    {
        Span<byte> first = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(Encoding.UTF8.GetBytes(password), first);

        byte[] seeded = new byte[seed.Length + SHA1.HashSizeInBytes];
        seed.CopyTo(seeded);
        SHA1.HashData(first, seeded.AsSpan(seed.Length));
        Span<byte> token = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(seeded, token);
        for (int i = 0; i < token.Length; i++)
        {
            token[i] ^= first[i];
        }

        return Convert.ToHexStringLower(token);
    }
}
