namespace CanalBridge.Commands.Check;

/// <summary>One line of the report. A step that looks at several servers gives several.</summary>
/// <param name="Step">The step, one of <see cref="Steps"/>.</param>
/// <param name="Status">How it went.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Remedy">What to do about it; null where nothing is to be done.</param>
/// <param name="ExitCode">Exit code of the class of failure; 0 unless failed.</param>
/// <param name="Elapsed">Since the step began.</param>
internal sealed record StepResult(string Step, CheckStatus Status, Said Detail, Said? Remedy, int ExitCode, TimeSpan Elapsed);
