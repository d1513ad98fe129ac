namespace CanalBridge.Serialization.Tables.Definitions.Sql;

/// <summary>Walks over the pieces of a statement.</summary>
internal sealed class SqlReader
{
    private static readonly SqlToken End = new(SqlTokenKind.End, "");

    private readonly string _sql;
    private readonly List<SqlToken> _tokens;
    private int _at;

    /// <param name="sql">The statement.</param>
    /// <param name="dialect">How its characters are read; null where only its words matter.</param>
    public SqlReader(string sql, SqlDialect? dialect = null)
    {
        _sql = sql;
        Dialect = dialect ?? SqlDialect.Any;
        _tokens = SqlTokenizer.Tokenize(sql, Dialect, out bool isMalformed);
        IsMalformed = isMalformed;
    }

    /// <summary>How its characters are read.</summary>
    public SqlDialect Dialect { get; }

    /// <summary>No server takes the statement in this dialect.</summary>
    public bool IsMalformed { get; }

    /// <summary>Where the piece taken last ends.</summary>
    public int LastEnd => _at > 0 ? _tokens[Math.Min(_at, _tokens.Count) - 1].End : 0;

    /// <summary>The next piece, not taken.</summary>
    public SqlToken Next => Ahead(0);

    public bool AtEnd => _at >= _tokens.Count;

    /// <summary>A piece further on.</summary>
    public SqlToken Ahead(int distance) => _at + distance < _tokens.Count ? _tokens[_at + distance] : End;

    public SqlToken Take()
    {
        SqlToken token = Next;
        _at++;
        return token;
    }

    /// <summary>Takes these keywords if they are next, all of them or none.</summary>
    public bool TryTake(params ReadOnlySpan<string> keywords)
    {
        for (int i = 0; i < keywords.Length; i++)
        {
            if (!Ahead(i).Is(keywords[i]))
            {
                return false;
            }
        }

        _at += keywords.Length;
        return true;
    }

    /// <summary>Takes one of these keywords if it is next.</summary>
    public bool TryTakeAny(params ReadOnlySpan<string> keywords)
    {
        foreach (string keyword in keywords)
        {
            if (TryTake(keyword))
            {
                return true;
            }
        }

        return false;
    }

    public bool TryTakeSymbol(char symbol)
    {
        bool found = Next.IsSymbol(symbol);
        _at += found ? 1 : 0;
        return found;
    }

    /// <exception cref="FormatException">It is not next.</exception>
    public void Expect(char symbol)
    {
        if (!TryTakeSymbol(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    /// <summary>A name, quoted or not; in double quotes too, as with ANSI_QUOTES.</summary>
    /// <exception cref="FormatException">Something else is next.</exception>
    public string TakeName() => Next.Kind switch
    {
        SqlTokenKind.Name or SqlTokenKind.Word => Take().Text,
        SqlTokenKind.Text => Take().Text.Replace("\"\"", "\"", StringComparison.Ordinal),
        _ => throw Unexpected("a name"),
    };

    /// <summary><c>schema.table</c>, or a table of the current schema, perhaps with a dot before it.</summary>
    /// <exception cref="FormatException">Something else is next.</exception>
    public TableId TakeTable(string currentSchema)
    {
        if (TryTakeSymbol('.'))
        {
            return new TableId(currentSchema, TakeName());
        }

        string name = TakeName();
        return TryTakeSymbol('.') ? new TableId(name, TakeName()) : new TableId(currentSchema, name);
    }

    /// <summary>Takes everything up to a comma or a closing bracket of the same depth, or to the end.</summary>
    public void SkipClause()
    {
        while (!AtEnd && !Next.IsSymbol(',') && !Next.IsSymbol(')'))
        {
            SkipPiece();
        }
    }

    /// <summary>Takes everything up to the end: what comes last and has commas of its own, as partitions and an order have.</summary>
    public void SkipRest() => _at = Math.Max(_at, _tokens.Count);

    /// <summary>Takes one piece; a bracket with all that is in it.</summary>
    public void SkipPiece()
    {
        if (!Take().IsSymbol('('))
        {
            return;
        }

        for (int depth = 1; depth > 0 && !AtEnd;)
        {
            SqlToken token = Take();
            depth += token.IsSymbol('(') ? 1 : token.IsSymbol(')') ? -1 : 0;
        }
    }

    /// <summary>Takes an opening bracket and everything up to its end, if it is next.</summary>
    public void SkipBrackets()
    {
        if (Next.IsSymbol('('))
        {
            SkipPiece();
        }
    }

    /// <summary>A piece as it was typed, quotes and all.</summary>
    public string Typed(SqlToken token) => _sql[token.Start..token.End];

    /// <summary>The text between two places.</summary>
    public string Text(int start, int end) => _sql[start..Math.Max(start, end)];

    /// <summary>
    /// The text from a place to the end of the statement. Left out are a semicolon, comments at the end, also those that servers read, and
    /// the START TRANSACTION that MySQL puts behind the CREATE of a CREATE TABLE … SELECT: Debezium takes it for a statement of its own.
    /// </summary>
    public string TextToEnd(int start)
    {
        int last = _tokens.Count - 1;
        while (last >= 0 && (_tokens[last].IsInComment || _tokens[last].IsSymbol(';')))
        {
            last--;
        }

        if (last > 1 && _tokens[last].Is("TRANSACTION") && _tokens[last - 1].Is("START"))
        {
            last -= 2;
        }

        return Text(start, last >= 0 ? _tokens[last].End : start);
    }

    /// <summary>What to throw where something else was expected.</summary>
    public FormatException Unexpected(string expected) =>
        new($"expected {expected}, got {(AtEnd ? "the end of the statement" : $"{Next.Kind} number {_at + 1}")}");
}
