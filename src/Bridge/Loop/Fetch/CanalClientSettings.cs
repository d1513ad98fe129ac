using Canal.Client;
using CanalBridge.Options;

namespace CanalBridge.Loop.Fetch;

/// <summary>Section <c>Canal</c> to the client's options.</summary>
internal static class CanalClientSettings
{
    public static CanalClientOptions From(CanalOptions options) => new()
    {
        Endpoints = CanalEndpoint.ParseList(options.Endpoints!),
        Destination = options.Destination!,
        ClientId = options.ClientId,
        Username = options.Username,
        Password = options.Password,
        Filter = options.Filter,
        FetchSize = options.FetchSize,
        GetsInFlight = options.GetsInFlight,
        IdleWait = options.IdleWait,
        ConnectTimeout = options.ConnectTimeout,
        ResponseTimeout = options.ResponseTimeout,
        FrameCapBytes = options.FrameCapBytes,
        WindowBytes = options.WindowBytes,

        // A server that is back should be noticed at once; one attempt a second harms nobody.
        ReconnectDelay = TimeSpan.FromMilliseconds(50),
        ReconnectDelayMax = TimeSpan.FromSeconds(1),
    };
}
