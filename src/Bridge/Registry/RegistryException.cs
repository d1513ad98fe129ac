namespace CanalBridge.Registry;

/// <summary>The schema registry gave no id for a schema: it did not answer, or refused.</summary>
internal sealed class RegistryException : Exception
{
    /// <param name="subject">Subject of the schema.</param>
    /// <param name="registry">Address of the registry.</param>
    /// <param name="reason">What it said, or what hindered.</param>
    /// <param name="remedy">What to do.</param>
    /// <param name="cause">The client's exception.</param>
    public RegistryException(string subject, string registry, string reason, string remedy, Exception cause)
        : base($"The schema registry at {registry} gave no id for the schema of subject {subject}: {reason.TrimEnd('.')}. No record can be written without it, so the bridge stops; nothing is lost. {remedy}", cause)
    {
    }
}
