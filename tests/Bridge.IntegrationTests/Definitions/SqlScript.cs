using System.Text;

namespace CanalBridge.IntegrationTests.Definitions;

/// <summary>A file for the servers' own client, cut into the requests that the client would send.</summary>
internal static class SqlScript
{
    /// <summary>Its requests in their order; one may hold several statements where the file sets another delimiter.</summary>
    public static IEnumerable<string> RequestsOf(string script)
    {
        string delimiter = ";";
        var request = new StringBuilder();
        for (int i = 0; i < script.Length;)
        {
            if (request.ToString().Trim().Length == 0 && At(script, i, "DELIMITER "))
            {
                int end = EndOfLine(script, i);
                delimiter = script[(i + 10)..end].Trim();
                i = end;
            }
            else if (At(script, i, delimiter))
            {
                if (request.ToString().Trim().Length > 0)
                {
                    yield return request.ToString().Trim();
                }

                request.Clear();
                i += delimiter.Length;
            }
            else
            {
                int end = EndOfPiece(script, i);
                request.Append(script, i, end - i);
                i = end;
            }
        }
    }

    /// <summary>Behind a text, a name or a comment; else behind one character.</summary>
    private static int EndOfPiece(string script, int i)
    {
        if (script[i] is '\'' or '"' or '`')
        {
            int end = i + 1;
            while (end < script.Length && script[end] != script[i])
            {
                end += script[end] == '\\' && script[i] != '`' ? 2 : 1;
            }

            return Math.Min(end + 1, script.Length);
        }

        if (script[i] == '#' || (At(script, i, "--") && i + 2 < script.Length && char.IsWhiteSpace(script[i + 2])))
        {
            return EndOfLine(script, i);
        }

        int close = At(script, i, "/*") ? script.IndexOf("*/", i + 2, StringComparison.Ordinal) : -1;
        return close < 0 ? i + 1 : close + 2;
    }

    private static int EndOfLine(string script, int i)
    {
        int end = script.IndexOf('\n', i);
        return end < 0 ? script.Length : end;
    }

    private static bool At(string script, int i, string text) => string.CompareOrdinal(script, i, text, 0, text.Length) == 0;
}
