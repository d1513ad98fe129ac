namespace CanalBridge.Commands.Check;

/// <summary>Shows results as they come.</summary>
internal interface IReport
{
    void Add(StepResult result);

    /// <param name="exitCode">What the process will end with.</param>
    /// <param name="isInterrupted">Asked to stop before it was done.</param>
    void End(int exitCode, bool isInterrupted);
}
