using System.Text;

namespace CanalBridge.Serialization.Tables.Definitions;

/// <summary>A statement of MySQL or MariaDB to its pieces. Comments are left out, but for the kinds that a server executes.</summary>
/// <remarks>Source: MySQL 8.4 Reference Manual, 11.1, 11.2 and 11.7; MariaDB, Comment Syntax.</remarks>
internal static class SqlTokenizer
{
    /// <summary>Cuts a statement. Texts that do not end reach to the end of the statement.</summary>
    public static List<SqlToken> Tokenize(string sql)
    {
        var tokens = new List<SqlToken>();
        bool inExecutedComment = false;
        for (int i = 0; i < sql.Length;)
        {
            char c = sql[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (inExecutedComment && At(sql, i, "*/"))
            {
                inExecutedComment = false;
                i += 2;
            }
            else if (At(sql, i, "/*!") || At(sql, i, "/*M!"))
            {
                i = SkipDigits(sql, sql.IndexOf('!', i) + 1);
                inExecutedComment = true;
            }
            else if (At(sql, i, "/*"))
            {
                int end = sql.IndexOf("*/", i + 2, StringComparison.Ordinal);
                i = end < 0 ? sql.Length : end + 2;
            }
            else if (c == '#' || (At(sql, i, "--") && (i + 2 == sql.Length || char.IsWhiteSpace(sql[i + 2]))))
            {
                int end = sql.IndexOf('\n', i);
                i = end < 0 ? sql.Length : end + 1;
            }
            else
            {
                int start = i;
                SqlToken token = Read(sql, ref i);
                tokens.Add(token with { Start = start, End = i, IsInComment = inExecutedComment });
            }
        }

        return tokens;
    }

    private static SqlToken Read(string sql, ref int i)
    {
        char c = sql[i];
        if (c == '`')
        {
            return new SqlToken(SqlTokenKind.Name, ReadQuoted(sql, ref i, escapes: false).Replace("``", "`", StringComparison.Ordinal));
        }

        if (c is '\'' or '"')
        {
            return new SqlToken(SqlTokenKind.Text, ReadQuoted(sql, ref i, escapes: true));
        }

        if (i + 1 < sql.Length && sql[i + 1] == '\'' && c is 'b' or 'B' or 'x' or 'X' or 'n' or 'N')
        {
            i++;
            string text = ReadQuoted(sql, ref i, escapes: true);
            return new SqlToken(c is 'b' or 'B' ? SqlTokenKind.Bits : c is 'x' or 'X' ? SqlTokenKind.Hex : SqlTokenKind.Text, text);
        }

        if (IsWordPart(c))
        {
            return ReadWordOrNumber(sql, ref i);
        }

        if (c == '.' && i + 1 < sql.Length && char.IsAsciiDigit(sql[i + 1]) && (i == 0 || !(IsWordPart(sql[i - 1]) || sql[i - 1] == '`')))
        {
            return ReadFraction(sql, ref i, start: i);
        }

        i++;
        return new SqlToken(SqlTokenKind.Symbol, c.ToString());
    }

    private static SqlToken ReadWordOrNumber(string sql, ref int i)
    {
        int start = i;
        while (i < sql.Length && IsWordPart(sql[i]))
        {
            i++;
        }

        string word = sql[start..i];
        if (!char.IsAsciiDigit(word[0]))
        {
            return new SqlToken(SqlTokenKind.Word, word);
        }

        if (word.All(char.IsAsciiDigit))
        {
            return ReadFraction(sql, ref i, start);
        }

        if (word.Length > 2 && word[0] == '0' && word[1] is 'x' or 'b' && word.Skip(2).All(char.IsAsciiHexDigit))
        {
            return new SqlToken(word[1] == 'x' ? SqlTokenKind.Hex : SqlTokenKind.Bits, word[2..]);
        }

        int exponent = word.IndexOf('E', StringComparison.OrdinalIgnoreCase);
        if (exponent > 0 && word.AsSpan(0, exponent).IndexOfAnyExceptInRange('0', '9') < 0 && word.AsSpan(exponent + 1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            i = start;
            return ReadFraction(sql, ref i, start);
        }

        // A name may begin with a digit.
        return new SqlToken(SqlTokenKind.Word, word);
    }

    private static SqlToken ReadFraction(string sql, ref int i, int start)
    {
        i = SkipDigits(sql, i);
        if (i < sql.Length && sql[i] == '.')
        {
            i = SkipDigits(sql, i + 1);
        }

        if (i < sql.Length && sql[i] is 'e' or 'E')
        {
            int digits = i + 1 < sql.Length && sql[i + 1] is '+' or '-' ? i + 2 : i + 1;
            int end = SkipDigits(sql, digits);
            i = end > digits ? end : i;
        }

        return new SqlToken(SqlTokenKind.Number, sql[start..i]);
    }

    /// <summary>From the opening quote to behind the closing one.</summary>
    private static string ReadQuoted(string sql, ref int i, bool escapes)
    {
        char quote = sql[i++];
        var text = new StringBuilder();
        while (i < sql.Length)
        {
            char c = sql[i++];
            if (c == quote)
            {
                if (i == sql.Length || sql[i] != quote)
                {
                    return text.ToString();
                }

                text.Append(quote);
                i++;
            }
            else if (escapes && c == '\\' && i < sql.Length)
            {
                text.Append(c);
                c = sql[i++];
            }

            text.Append(c);
        }

        return text.ToString();
    }

    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || (c >= 0x80 && !char.IsWhiteSpace(c));

    private static bool At(string sql, int i, string text) => string.CompareOrdinal(sql, i, text, 0, text.Length) == 0;

    private static int SkipDigits(string sql, int i)
    {
        while (i < sql.Length && char.IsAsciiDigit(sql[i]))
        {
            i++;
        }

        return i;
    }
}
