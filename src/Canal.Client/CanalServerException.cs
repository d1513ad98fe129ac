using Canal.Client.Wire;

namespace Canal.Client;

/// <summary>The server said no.</summary>
/// <remarks>
/// The server does not say which request an error belongs to. After an ack or a rollback, which are silent on success,
/// <see cref="Request"/> is only the oldest request with an answer due. Source: CanalProtocol.proto, Ack; SessionHandler.
/// </remarks>
public sealed class CanalServerException : CanalException
{
    private const int TextCap = 4096, LineCap = 300;
    private const string NotRunning = "should start first";

    /// <param name="endpoint">Who refused.</param>
    /// <param name="request">What was asked, in Canal's words, such as <c>GET</c>.</param>
    /// <param name="code">400, 401 or 402.</param>
    /// <param name="serverText">The server's text, often with a Java stack trace.</param>
    public CanalServerException(CanalEndpoint endpoint, string request, int code, string serverText)
        : base(Describe(endpoint, request, code, serverText))
    {
        Endpoint = endpoint;
        Request = request;
        Code = code;
        ServerText = serverText.Length <= TextCap ? serverText : serverText[..TextCap];
    }

    /// <summary>Who refused.</summary>
    public CanalEndpoint Endpoint { get; }

    /// <summary>The request this was read as the answer to.</summary>
    public string Request { get; }

    /// <summary>400 for any failure, 401 without destination or client id, 402 for an ack without a batch id.</summary>
    public int Code { get; }

    /// <summary>The server's text, cut after 4096 characters. A refused login names the user.</summary>
    public string ServerText { get; }

    /// <summary>False for what the same request would meet again: a refused login, a client id or fetch size out of range.</summary>
    public override bool IsTransient =>
        Request == Requests.Login
            ? Contains("seed is null")
            : Code != 401 && !Contains("NumberFormatException") && !Contains("IndexOutOfBoundsException");

    /// <summary>The destination is unknown there, stopped, reloading, or another node runs it.</summary>
    public bool IsDestinationNotRunning => Contains(NotRunning);

    /// <summary>The client id has never subscribed to the destination.</summary>
    internal bool IsNotSubscribed => Contains("should subscribe first");

    /// <summary>A batch was acknowledged that the server does not know any more: another reader rolled it back or took it over, or the instance was started anew. The session opened next tells which: <see cref="CanalProtocolException.IsOtherConsumer"/>.</summary>
    public bool IsBatchGone => Contains("batchId") && Contains("is not exist");

    /// <summary>A batch was acknowledged that is not the oldest outstanding one, or, where ZooKeeper keeps the cursors, not known at all.</summary>
    internal bool IsBatchNotFirst => Contains("batchId") && Contains("is not the firstly");

    private static string Describe(CanalEndpoint endpoint, string request, int code, string serverText)
    {
        // The text of a refused login holds the user name, which stays out of logs.
        if (request == Requests.Login)
        {
            return $"Canal {endpoint} refused the login (code {code}); check user name and password.";
        }

        ReadOnlySpan<char> line = serverText.AsSpan();
        int end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        string dots = line.Length > LineCap ? "..." : "";
        line = line.Length > LineCap ? line[..LineCap] : line;
        string remedy = serverText.Contains(NotRunning, StringComparison.Ordinal) ? ". The destination is unknown or stopped there, or another node of the cluster runs it: check its name and the server's instances." : "";
        return $"Canal {endpoint} refused {request} with code {code}: {line}{dots}{remedy}";
    }

    private bool Contains(string text) => ServerText.Contains(text, StringComparison.Ordinal);
}
