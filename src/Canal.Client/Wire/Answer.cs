namespace Canal.Client.Wire;

/// <summary>A success, in its frame.</summary>
internal readonly record struct Answer(Frame Frame, PacketHeader Packet);
