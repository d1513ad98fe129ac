using Google.Protobuf;

namespace Canal.Client.Wire;

/// <summary>Reads the small messages with the generated classes.</summary>
internal static class ControlPackets
{
    /// <summary>A stack trace takes some KiB. Read as a text, a frame at the cap would take twice as much again.</summary>
    public const int LargestBody = 1 << 20;

    public static T Parse<T>(MessageParser<T> parser, ReadOnlyMemory<byte> body, string source)
        where T : IMessage<T>
    {
        if (body.Length > int.MaxValue - 1)
        {
            throw new CanalProtocolException($"{typeof(T).Name} from {source} has {body.Length} bytes; expected no more than {LargestBody}.");
        }

        try
        {
            return parser.ParseFrom(body.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new CanalProtocolException($"{typeof(T).Name} from {source} is malformed: {body.Length} bytes that are no such message.", e);
        }
    }
}
