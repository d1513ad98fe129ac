using System.Globalization;

namespace Canal.Client;

/// <summary>How to reach one destination of a Canal server, and how much to have under way.</summary>
public sealed class CanalClientOptions
{
    /// <summary>Servers that may run the destination, tried in this order. Required.</summary>
    public IReadOnlyList<CanalEndpoint> Endpoints { get; set; } = [];

    /// <summary>The Canal instance to read. Required. One destination feeds one consumer: two steal entries from each other.</summary>
    public string Destination { get; set; } = "";

    /// <summary>Under which the server keeps the cursor, 1 to 32767. 1001 is Canal's convention.</summary>
    public int ClientId { get; set; } = 1001;

    /// <summary>User name, where the server asks for one.</summary>
    public string? Username { get; set; }

    /// <summary>Password, where the server asks for one. Never sent in clear.</summary>
    public string? Password { get; set; }

    /// <summary>Table filter to put in place of the server's, for every client of the destination. Empty leaves the server's alone.</summary>
    public string Filter { get; set; } = "";

    /// <summary>Size of one answer: KiB in Canal's default batch mode (MEMSIZE), entries in ITEMSIZE. Higher means fewer round trips and more memory.</summary>
    public int FetchSize { get; set; } = 1000;

    /// <summary>Requests under way while data flows, 1 to 4. More hides the network's delay and costs memory on both sides.</summary>
    public int GetsInFlight { get; set; } = 3;

    /// <summary>
    /// Bytes handed out, not yet acked and asked for, above which only one GET is under way. Keep below half the server's ring
    /// (<c>canal.instance.memory.buffer.size</c> x <c>memunit</c>, 16 MiB by default): the ring is freed by acks only.
    /// </summary>
    public long WindowBytes { get; set; } = 8 << 20;

    /// <summary>How long the server may hold a GET when nothing is there. Worst added delay for changes below 1 KiB; acks wait as long.</summary>
    public TimeSpan IdleWait { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Limit for name resolution and the TCP connection of one attempt.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Limit for an answer, on top of the time a GET may wait and of a second for each 64 KiB of it; also the limit without any byte. Must exceed <see cref="IdleWait"/>.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After this time without traffic the server closes the connection; sent at login. At most 24.8 days.</summary>
    public TimeSpan ServerIdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Largest frame accepted from the server. A batch exceeds <see cref="FetchSize"/> by up to one entry, and an entry may hold many rows. After a larger one a session asks
    /// for half, down to 1; only then it is a failure that lasts.
    /// </summary>
    public int FrameCapBytes { get; set; } = 64 << 20;

    /// <summary>Pause after the first round over all endpoints without success; doubles with each round, shortened at random by up to half.</summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between rounds.</summary>
    public TimeSpan ReconnectDelayMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Pause between login and subscription at a server that was away: a subscription that meets an instance in the middle of its
    /// start was seen to make it forget its cursor, and with it every change since. Zero switches it off.
    /// </summary>
    public TimeSpan RestartGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The same pause at the first opening, where nothing is known of the server: it may have been started a moment ago. Zero by default, which suits a server that runs;
    /// a service that is started together with its server sets it.
    /// </summary>
    public TimeSpan FirstGrace { get; set; }

    /// <summary>
    /// Told of each attempt that <see cref="CanalSession.OpenAsync"/> or <see cref="CanalSession.ReopenAsync"/> makes again, at the next server or after a pause: for a status page or a metric. A failure
    /// that ends the call is thrown, not told. Runs inside that call, possibly on another thread; what it throws ends the call.
    /// </summary>
    public Action<CanalEndpoint, CanalException>? AttemptFailed { get; set; }

    /// <summary>Every mistake, one sentence each; empty when there is none. Never contains the password.</summary>
    public IReadOnlyList<string> Validate()
    {
        var mistakes = new List<string>();
        Check(Endpoints is { Count: > 0 }, "Endpoints is empty; name at least one server, such as canal:11111.");
        Check(Endpoints?.Any(e => e.Host is null) != true, "Endpoints has an entry without a host; use the constructor or Parse.");
        Check(!string.IsNullOrWhiteSpace(Destination), "Destination is empty; name the Canal instance to read.");
        Check(Destination?.Trim() == Destination, $"Destination '{Destination}' has blanks at an end; Canal would not find it.");
        CheckRange(nameof(ClientId), ClientId, 1, short.MaxValue);
        Check(Filter is not null, "Filter is null; leave it empty to keep the server's filter.");
        Check(string.IsNullOrEmpty(Password) || !string.IsNullOrEmpty(Username), "Password is set without Username; Canal checks both.");

        // Canal multiplies by memunit (1024 by default) in 32 bits and answers IndexOutOfBoundsException from 2097152 on.
        CheckRange(nameof(FetchSize), FetchSize, 1, 2_097_151);
        CheckRange(nameof(GetsInFlight), GetsInFlight, 1, 4);
        CheckRange(nameof(WindowBytes), WindowBytes, 0, long.MaxValue);
        CheckRange(nameof(FrameCapBytes), FrameCapBytes, 1024, Array.MaxLength);
        CheckDuration(nameof(IdleWait), IdleWait, zeroAllowed: true);
        CheckDuration(nameof(ConnectTimeout), ConnectTimeout);
        CheckDuration(nameof(ResponseTimeout), ResponseTimeout);
        CheckDuration(nameof(ServerIdleTimeout), ServerIdleTimeout);
        CheckDuration(nameof(RestartGrace), RestartGrace, zeroAllowed: true);
        CheckDuration(nameof(FirstGrace), FirstGrace, zeroAllowed: true);
        CheckDuration(nameof(ReconnectDelay), ReconnectDelay);
        CheckDuration(nameof(ReconnectDelayMax), ReconnectDelayMax);
        Check(ResponseTimeout > IdleWait, $"ResponseTimeout is {ResponseTimeout:c} but must exceed IdleWait ({IdleWait:c}); raise it or lower the other.");
        Check(ReconnectDelayMax >= ReconnectDelay, $"ReconnectDelayMax is {ReconnectDelayMax:c} but must not be below ReconnectDelay ({ReconnectDelay:c}); raise it or lower the other.");
        return mistakes;

        void Check(bool holds, string mistake)
        {
            if (!holds)
            {
                mistakes.Add(mistake);
            }
        }

        void CheckRange(string name, long value, long low, long high) =>
            Check(value >= low && value <= high, string.Create(CultureInfo.InvariantCulture, $"{name} is {value} but must be from {low} to {high}."));

        void CheckDuration(string name, TimeSpan value, bool zeroAllowed = false) =>
            Check(
                (zeroAllowed ? value >= TimeSpan.Zero : value >= TimeSpan.FromMilliseconds(1)) && value.TotalMilliseconds <= int.MaxValue,
                $"{name} is {value:c} but must be from {(zeroAllowed ? "00:00:00" : "1 ms")} to 24.8 days.");
    }

    internal void ThrowIfInvalid()
    {
        IReadOnlyList<string> mistakes = Validate();
        if (mistakes.Count > 0)
        {
            throw new ArgumentException("The Canal client options cannot be used. " + string.Join(' ', mistakes));
        }
    }
}
