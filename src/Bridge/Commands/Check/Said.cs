using System.Globalization;

namespace CanalBridge.Commands.Check;

/// <summary>A text with what was found in its places.</summary>
/// <param name="Text">The text.</param>
/// <param name="Arguments">What stands in its places; a <see cref="Said"/> among them is told in the same language, others' words stand there as <see cref="Quoted"/>.</param>
internal sealed record Said(Text Text, params object[] Arguments)
{
    /// <param name="language">The language.</param>
    /// <param name="hide">Takes secrets out of others' words; null leaves them as they are.</param>
    public string In(Language language, Func<string, string>? hide = null) => string.Format(
        CultureInfo.InvariantCulture,
        language == Language.Chinese ? Text.Chinese : Text.English,
        [.. Arguments.Select(argument => argument switch
        {
            Said said => said.In(language, hide),
            Quoted quoted => hide?.Invoke(quoted.Text) ?? quoted.Text,
            _ => argument,
        })]);
}
