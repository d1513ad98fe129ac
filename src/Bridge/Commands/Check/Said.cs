using System.Globalization;

namespace CanalBridge.Commands.Check;

/// <summary>A text with what was found in its places.</summary>
/// <param name="Text">The text.</param>
/// <param name="Arguments">What stands in its places; a <see cref="Said"/> among them is told in the same language.</param>
internal sealed record Said(Text Text, params object[] Arguments)
{
    public string In(Language language) => string.Format(
        CultureInfo.InvariantCulture,
        language == Language.Chinese ? Text.Chinese : Text.English,
        [.. Arguments.Select(argument => argument is Said said ? said.In(language) : argument)]);
}
