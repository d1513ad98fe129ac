namespace CanalBridge.Serialization;

/// <summary>A regular expression of the options takes too long for a name. Nothing can be said of what has that name.</summary>
public sealed class NamePatternException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="option">The option that has the expression.</param>
    /// <param name="pattern">The expression.</param>
    /// <param name="name">The table or column.</param>
    /// <param name="limit">The time that it had.</param>
    /// <param name="innerException">The engine's exception.</param>
    public NamePatternException(string option, string pattern, string name, TimeSpan limit, Exception? innerException = null)
        : base(
            $"{option}: the regular expression '{pattern}' was not done with the name {name} within {limit.TotalSeconds:F0} s, so the bridge stops; "
            + "nothing is lost. Write it without a repetition inside a repetition, or without the look-around or back-reference that keeps it from "
            + "being matched in one pass, and start again.",
            innerException)
    {
    }
}
