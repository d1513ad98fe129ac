using System.Globalization;
using System.Text;

namespace CanalBridge.Serialization.Tables.Definitions.Sql;

/// <summary>A statement of MySQL or MariaDB to its pieces. Comments are left out, but for the kinds that a server executes.</summary>
/// <remarks>Source: MySQL 8.4 Reference Manual, 11.1, 11.2 and 11.7; MariaDB, Comment Syntax.</remarks>
internal sealed class SqlTokenizer
{
    private readonly string _sql;
    private readonly SqlDialect _dialect;
    private int _at;

    private SqlTokenizer(string sql, SqlDialect dialect)
    {
        _sql = sql;
        _dialect = dialect;
    }

    /// <summary>No server takes the statement in this dialect: a text does not end, or a backslash stands outside of one.</summary>
    private bool IsMalformed { get; set; }

    /// <summary>Cuts a statement. Texts that do not end reach to the end of the statement.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="dialect">How it is read.</param>
    /// <param name="isMalformed">No server takes it in this dialect.</param>
    public static List<SqlToken> Tokenize(string sql, SqlDialect dialect, out bool isMalformed)
    {
        var tokenizer = new SqlTokenizer(sql, dialect);
        List<SqlToken> tokens = tokenizer.Cut();
        isMalformed = tokenizer.IsMalformed;
        return tokens;
    }

    private List<SqlToken> Cut()
    {
        var tokens = new List<SqlToken>();
        bool inExecutedComment = false;
        while (_at < _sql.Length)
        {
            if (char.IsWhiteSpace(_sql[_at]))
            {
                _at++;
            }
            else if (inExecutedComment && At("*/"))
            {
                inExecutedComment = false;
                _at += 2;
            }
            else if (At("/*"))
            {
                inExecutedComment |= OpensExecutedComment();
            }
            else if (_sql[_at] == '#' || (At("--") && (_at + 2 == _sql.Length || char.IsWhiteSpace(_sql[_at + 2]) || char.IsControl(_sql[_at + 2]))))
            {
                int end = _sql.IndexOf('\n', _at);
                _at = end < 0 ? _sql.Length : end + 1;
            }
            else
            {
                int start = _at;
                SqlToken token = Read();
                tokens.Add(token with { Start = start, End = _at, IsInComment = inExecutedComment });
            }
        }

        return tokens;
    }

    /// <summary>Passes over a comment, or over its start only if the server executes what is in it.</summary>
    private bool OpensExecutedComment()
    {
        bool isOfMariaDb = At("/*M!");
        if (!isOfMariaDb && !At("/*!"))
        {
            int end = _sql.IndexOf("*/", _at + 2, StringComparison.Ordinal);
            _at = end < 0 ? _sql.Length : end + 2;
            return false;
        }

        // Five digits, or six from version 10 on.
        int digits = _at + (isOfMariaDb ? 4 : 3);
        int behind = Math.Min(SkipDigits(digits), digits + 6);
        int number = behind - digits >= 5 ? int.Parse(_sql.AsSpan(digits, behind - digits), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        if (_dialect.Executes(number, isOfMariaDb))
        {
            _at = number > 0 ? behind : digits;
            return true;
        }

        SkipWithNestedComments();
        return false;
    }

    /// <summary>What a server does not execute may hold comments of the usual kind.</summary>
    private void SkipWithNestedComments()
    {
        for (int depth = 0; _at < _sql.Length;)
        {
            if (At("/*"))
            {
                depth++;
                _at += 2;
            }
            else if (At("*/"))
            {
                _at += 2;
                if (--depth == 0)
                {
                    return;
                }
            }
            else
            {
                _at++;
            }
        }
    }

    private SqlToken Read()
    {
        char c = _sql[_at];
        if (c == '`' || (c == '"' && _dialect.HasAnsiQuotes))
        {
            return new SqlToken(SqlTokenKind.Name, ReadQuoted(escapes: false).Replace($"{c}{c}", $"{c}", StringComparison.Ordinal));
        }

        if (c is '\'' or '"')
        {
            return new SqlToken(SqlTokenKind.Text, ReadText());
        }

        if (_at + 1 < _sql.Length && _sql[_at + 1] == '\'' && c is 'b' or 'B' or 'x' or 'X' or 'n' or 'N')
        {
            _at++;
            string text = ReadText();
            return new SqlToken(c is 'b' or 'B' ? SqlTokenKind.Bits : c is 'x' or 'X' ? SqlTokenKind.Hex : SqlTokenKind.Text, text);
        }

        if (IsWordPart(c))
        {
            return ReadWordOrNumber();
        }

        if (c == '.' && _at + 1 < _sql.Length && char.IsAsciiDigit(_sql[_at + 1]) && (_at == 0 || !(IsWordPart(_sql[_at - 1]) || _sql[_at - 1] is '`' or '"')))
        {
            return ReadFraction(start: _at);
        }

        _at++;
        if (c == '\\')
        {
            if (_at < _sql.Length && _sql[_at] == 'N')
            {
                _at++;
                return new SqlToken(SqlTokenKind.Word, "NULL");
            }

            IsMalformed = true;
        }

        return new SqlToken(SqlTokenKind.Symbol, c.ToString());
    }

    private SqlToken ReadWordOrNumber()
    {
        int start = _at;
        while (_at < _sql.Length && IsWordPart(_sql[_at]))
        {
            _at++;
        }

        string word = _sql[start.._at];
        if (!char.IsAsciiDigit(word[0]))
        {
            return new SqlToken(SqlTokenKind.Word, word);
        }

        if (word.All(char.IsAsciiDigit))
        {
            return ReadFraction(start);
        }

        if (word.Length > 2 && word[0] == '0' && word[1] is 'x' or 'b' && word.Skip(2).All(char.IsAsciiHexDigit))
        {
            return new SqlToken(word[1] == 'x' ? SqlTokenKind.Hex : SqlTokenKind.Bits, word[2..]);
        }

        int exponent = word.IndexOf('E', StringComparison.OrdinalIgnoreCase);
        if (exponent > 0 && word.AsSpan(0, exponent).IndexOfAnyExceptInRange('0', '9') < 0 && word.AsSpan(exponent + 1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            _at = start;
            return ReadFraction(start);
        }

        // A name may begin with a digit.
        return new SqlToken(SqlTokenKind.Word, word);
    }

    private SqlToken ReadFraction(int start)
    {
        _at = SkipDigits(_at);
        if (_at < _sql.Length && _sql[_at] == '.')
        {
            _at = SkipDigits(_at + 1);
        }

        if (_at < _sql.Length && _sql[_at] is 'e' or 'E')
        {
            int digits = _at + 1 < _sql.Length && _sql[_at + 1] is '+' or '-' ? _at + 2 : _at + 1;
            int end = SkipDigits(digits);
            _at = end > digits ? end : _at;
        }

        return new SqlToken(SqlTokenKind.Number, _sql[start.._at]);
    }

    /// <summary>What is escaped in it stays so. A backslash that stands for itself is escaped, as in any other session.</summary>
    private string ReadText() => _dialect.HasPlainBackslashes
        ? ReadQuoted(escapes: false).Replace("\\", "\\\\", StringComparison.Ordinal)
        : ReadQuoted(escapes: true);

    /// <summary>From the opening quote to behind the closing one.</summary>
    private string ReadQuoted(bool escapes)
    {
        char quote = _sql[_at++];
        var text = new StringBuilder();
        while (_at < _sql.Length)
        {
            char c = _sql[_at++];
            if (c == quote)
            {
                if (_at == _sql.Length || _sql[_at] != quote)
                {
                    return text.ToString();
                }

                text.Append(c);
                _at++;
            }
            else if (escapes && c == '\\' && _at < _sql.Length)
            {
                text.Append(c);
                c = _sql[_at++];
            }

            text.Append(c);
        }

        IsMalformed = true;
        return text.ToString();
    }

    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || (c >= 0x80 && !char.IsWhiteSpace(c));

    private bool At(string text) => string.CompareOrdinal(_sql, _at, text, 0, text.Length) == 0;

    private int SkipDigits(int i)
    {
        while (i < _sql.Length && char.IsAsciiDigit(_sql[i]))
        {
            i++;
        }

        return i;
    }
}
