namespace Canal.Client;

/// <summary>How much one GET asks for: as configured, and less where an answer was too large or too slow.</summary>
/// <remarks>
/// Halved at each such answer, down to 1; doubled after a run of good batches. A doubling that was too much makes the next run twice as long, so that
/// data which never bears the configured size costs a session ever more rarely. Not thread-safe.
/// </remarks>
internal sealed class AdaptiveFetchSize(int configured)
{
    internal const int FirstRun = 16, LongestRun = 4096;

    private readonly int _configured = configured;
    private int _run = FirstRun;
    private int _good;
    private bool _grew;

    /// <summary>What to ask for.</summary>
    public int Current { get; private set; } = configured;

    /// <summary>An answer was too large or came too slowly.</summary>
    /// <returns>False: it is 1 already, and no less can be asked for.</returns>
    public bool Shrink()
    {
        _good = 0;
        if (_grew)
        {
            _grew = false;
            _run = Math.Min(_run * 2, LongestRun);
        }

        if (Current == 1)
        {
            return false;
        }

        Current /= 2;
        return true;
    }

    /// <summary>A batch came whole.</summary>
    /// <returns>True: <see cref="Current"/> has grown.</returns>
    public bool Succeed()
    {
        if ((Current == _configured && !_grew) || ++_good < _run)
        {
            return false;
        }

        _good = 0;
        if (Current == _configured)
        {
            // It bore the configured size for a whole run: all is forgotten.
            _grew = false;
            _run = FirstRun;
            return false;
        }

        Current = Math.Min(_configured, Current * 2);
        _grew = true;
        return true;
    }
}
