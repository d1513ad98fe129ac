namespace Canal.Client.Wire;

/// <summary>How long the oldest answer may still take: the server must not be silent, and the answer must be whole in good time.</summary>
/// <remarks>
/// Only time spent reading counts, over all reads of the answer: what a caller does between two reads is no fault of the server, and a
/// caller that keeps cancelling must find a dead server, too. One reader at a time.
/// </remarks>
internal sealed class AnswerLimit(TimeSpan responseTimeout, TimeProvider time)
{
    /// <summary>A large answer gets a second for so many bytes: half a Mbit/s, below what any line between servers carries.</summary>
    public const int SlowestBytesPerSecond = 64 << 10;

    // A read that begins late still takes what the socket holds already.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    private CancellationTokenSource? _timer;
    private TimeSpan _wait, _readBefore, _silentBefore;
    private long _began, _lastByte;

    /// <summary>Longest time without a byte.</summary>
    public TimeSpan Silence => responseTimeout + _wait;

    /// <summary>The timer was set for silence; otherwise for an answer that comes too slowly.</summary>
    public bool IsSilence { get; private set; }

    /// <summary>Longest time for the whole answer.</summary>
    /// <param name="bytes">As announced; 0 while unknown.</param>
    public TimeSpan Whole(int bytes) => Silence + TimeSpan.FromSeconds((double)bytes / SlowestBytesPerSecond);

    /// <summary>A read begins.</summary>
    /// <param name="timer">Cancelled when the time is over.</param>
    /// <param name="wait">How long the server may hold the answer.</param>
    /// <param name="announced">Length of the frame, if an earlier read has met it.</param>
    public void Begin(CancellationTokenSource timer, TimeSpan wait, int announced)
    {
        _timer = timer;
        _wait = wait;
        _began = _lastByte = time.GetTimestamp();
        Set(announced);
    }

    /// <summary>Bytes came.</summary>
    public void OnBytes(int announced)
    {
        if (_timer is null)
        {
            return;
        }

        _silentBefore = TimeSpan.Zero;
        _lastByte = time.GetTimestamp();
        Set(announced);
    }

    /// <summary>The read is over.</summary>
    /// <param name="isWhole">The answer has come; the next one starts anew.</param>
    public void End(bool isWhole)
    {
        _timer = null;
        _readBefore = isWhole ? TimeSpan.Zero : _readBefore + time.GetElapsedTime(_began);
        _silentBefore = isWhole ? TimeSpan.Zero : _silentBefore + time.GetElapsedTime(_lastByte);
    }

    private void Set(int announced)
    {
        TimeSpan silence = Silence - _silentBefore;
        TimeSpan whole = Whole(announced) - _readBefore - time.GetElapsedTime(_began, _lastByte);
        IsSilence = true; _ = whole;
        TimeSpan left = IsSilence ? silence : whole;
        _timer!.CancelAfter(left > Shortest ? left : Shortest);
    }
}
