using Canal.Client.Protocol;

namespace Canal.Client.Wire;

/// <summary>An answer that the server owes, in the order of the requests.</summary>
/// <param name="Request">Name of the request, for messages.</param>
/// <param name="Type">Packet type of a success.</param>
/// <param name="Wait">How long the server may hold it.</param>
/// <param name="AfterSettlement">An ack or rollback was sent just before: an error may be about that one.</param>
internal readonly record struct ExpectedAnswer(string Request, PacketType Type, TimeSpan Wait, bool AfterSettlement);
