using System.Threading.Channels;

namespace CanalBridge.Commands.Check;

/// <summary>Takes what a step finds.</summary>
internal sealed class Findings(string step, int exitCode, ChannelWriter<StepResult> output)
{
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly Lock _lock = new();
    private bool _ended;

    /// <summary>Something failed; the steps behind it are skipped, unless it was said to stand alone.</summary>
    public bool Breaks { get; private set; }

    /// <summary>Milliseconds since the step began, as text.</summary>
    public string Milliseconds => TimeProvider.System.GetElapsedTime(_started).TotalMilliseconds.ToString("0.#", System.Globalization.CultureInfo.InvariantCulture);

    public void Ok(Text detail, params object[] arguments) => Add(CheckStatus.Ok, new Said(detail, arguments), remedy: null);

    public void Warn(Said detail, Said remedy) => Add(CheckStatus.Warning, detail, remedy);

    public void Skip(Said detail, Said? remedy = null) => Add(CheckStatus.Skipped, detail, remedy);

    /// <param name="detail">What was found.</param>
    /// <param name="remedy">What to do.</param>
    /// <param name="code">Exit code, where it is not that of the chain.</param>
    /// <param name="standsAlone">The steps behind it can do without.</param>
    public void Fail(Said detail, Said remedy, int? code = null, bool standsAlone = false)
    {
        Breaks |= !standsAlone;
        Add(CheckStatus.Failed, detail, remedy, code ?? exitCode);
    }

    /// <summary>The step's last word. Work that was left behind may still find something: that is not told any more.</summary>
    public void End(Said detail, Said remedy, int? code = null)
    {
        lock (_lock)
        {
            Fail(detail, remedy, code);
            _ended = true;
        }
    }

    private void Add(CheckStatus status, Said detail, Said? remedy, int code = 0)
    {
        lock (_lock)
        {
            if (!_ended)
            {
                output.TryWrite(new StepResult(step, status, detail, remedy, code, TimeProvider.System.GetElapsedTime(_started)));
            }
        }
    }
}
