using System.Net.Sockets;
using System.Threading.Channels;
using Canal.Client;
using CanalBridge.Kafka;
using Confluent.Kafka;
using MySqlConnector;

namespace CanalBridge.Commands.Check;

/// <summary>Steps that need each other: behind one that failed, the others are skipped. No step throws, but for a stop.</summary>
/// <param name="exitCode">Of a failure that says no other.</param>
/// <param name="output">Receives the results in order.</param>
/// <param name="stop">Ends the chain: asked to stop.</param>
/// <param name="deadline">The time of all is over.</param>
internal sealed class Chain(int exitCode, ChannelWriter<StepResult> output, CancellationToken stop, CancellationToken deadline)
{
    private string? _brokenBy;

    /// <summary>Walks one step.</summary>
    /// <param name="step">Its name.</param>
    /// <param name="limit">Its time, after which it has failed.</param>
    /// <param name="work">Looks, and says what it found.</param>
    /// <returns>Whether the chain goes on.</returns>
    /// <exception cref="OperationCanceledException">Asked to stop.</exception>
    public async Task<bool> StepAsync(string step, TimeSpan limit, Func<Findings, CancellationToken, Task> work)
    {
        stop.ThrowIfCancellationRequested();
        var findings = new Findings(step, exitCode, output);
        if (_brokenBy is { } broken)
        {
            findings.Skip(new Said(Texts.NeedsStep, new Said(Texts.Titles[broken])));
            return false;
        }

        if (deadline.IsCancellationRequested)
        {
            // Blocking work does not look at its token: begun now, it would act on after the report.
            findings.End(new Said(Texts.StepNotBegun), new Said(Texts.StepTooLateRemedy));
            _brokenBy = step;
            return false;
        }

        using var time = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline);
        time.CancelAfter(limit);
        try
        {
            // Some clients block: they are left behind when the time is over.
            Task working = Task.Run(() => work(findings, time.Token), CancellationToken.None);
            await Task.WhenAny(working, Task.Delay(Timeout.Infinite, time.Token));
            await (working.IsCompleted ? working : WaitShortlyAsync(working));
        }
#pragma warning disable CA1031 // Whatever came of being told to stop is no finding.
        catch (Exception) when (stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            throw new OperationCanceledException(stop);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            findings.End(new Said(Texts.StepTooLate, limit.TotalSeconds), new Said(Texts.StepTooLateRemedy));
        }
        catch (Exception e) when (e is KafkaException or KafkaFaultException or MySqlException or CanalException or SocketException)
        {
            findings.End(new Said(Texts.Reason, new Quoted(e.Message)), new Said(Texts.PeerRemedy));
        }
#pragma warning disable CA1031 // A fault of one step must not hide what the others find.
        catch (Exception e)
#pragma warning restore CA1031
        {
            findings.End(new Said(Texts.StepUnexpected, e.GetType().Name, new Quoted(e.Message)), new Said(Texts.StepUnexpectedRemedy), ExitCode.Unexpected);
        }

        _brokenBy = findings.Breaks ? step : null;
        return !findings.Breaks;
    }

    /// <summary>Says why steps are not walked, where nothing failed.</summary>
    public void Skip(Said why, params string[] steps)
    {
        foreach (string step in steps)
        {
            new Findings(step, exitCode, output).Skip(why);
        }
    }

    /// <summary>A step that was told to end gives back what it took: it gets a moment for that.</summary>
    private static Task WaitShortlyAsync(Task working) => working.WaitAsync(TimeSpan.FromSeconds(3));
}
