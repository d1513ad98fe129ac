using System.Globalization;

namespace CanalBridge.Commands.Check;

/// <summary>Lines for people: mark, step, what was found; under it the remedy.</summary>
internal sealed class TextReport(TextWriter output, Language language, Func<string, string> hide) : IReport
{
    private const int MarkWidth = 4, TitleWidth = 22;

    private readonly int[] _counts = new int[4];

    public void Add(StepResult result)
    {
        _counts[(int)result.Status]++;
        Text mark = result.Status switch
        {
            CheckStatus.Ok => Texts.MarkOk,
            CheckStatus.Warning => Texts.MarkWarning,
            CheckStatus.Failed => Texts.MarkFailed,
            _ => Texts.MarkSkipped,
        };
        output.WriteLine($"{Pad(In(mark), MarkWidth)}  {Pad(In(Texts.Titles[result.Step]), TitleWidth)} {Line(result.Detail)}");
        if (result.Remedy is { } remedy)
        {
            output.WriteLine($"{new string(' ', MarkWidth)}  -> {Line(remedy)}");
        }

        output.Flush();
    }

    public void End(int exitCode, bool isInterrupted)
    {
        if (isInterrupted)
        {
            output.WriteLine(In(Texts.Interrupted));
        }

        output.WriteLine(new Said(Texts.Summary, _counts[0], _counts[1], _counts[2], _counts[3], exitCode.ToString(CultureInfo.InvariantCulture)).In(language));
        output.Flush();
    }

    /// <summary>Columns that a text takes on a terminal: a Chinese character takes two.</summary>
    private static int Width(string text) => text.Sum(static letter => letter >= 0x1100 ? 2 : 1);

    private static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Width(text)));

    private string In(Text text) => new Said(text).In(language);

    private string Line(Said said) => said.In(language, hide).ReplaceLineEndings(" ");
}
