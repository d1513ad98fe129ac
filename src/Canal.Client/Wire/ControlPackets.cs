using Google.Protobuf;

namespace Canal.Client.Wire;

/// <summary>Reads the small messages with the generated classes.</summary>
internal static class ControlPackets
{
    public static T Parse<T>(MessageParser<T> parser, ReadOnlyMemory<byte> body, string source)
        where T : IMessage<T>
    {
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
