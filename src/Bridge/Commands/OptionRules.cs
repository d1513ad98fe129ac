using System.CommandLine.Parsing;
using System.Globalization;

namespace CanalBridge.Commands;

/// <summary>Rules for the commands' own options.</summary>
internal static class OptionRules
{
    /// <summary>Refuses a number below the least, and what is no number (NaN). Asking for the converted value would throw for what is no number; the parser reports that itself.</summary>
    public static void RefuseBelow(OptionResult result, double least)
    {
        if (result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double value) && !(value >= least))
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{result.Option.Name} is {value} but must be at least {least}."));
        }
    }
}
