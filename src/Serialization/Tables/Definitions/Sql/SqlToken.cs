namespace CanalBridge.Serialization.Tables.Definitions.Sql;

/// <summary>What a piece of a statement is.</summary>
internal enum SqlTokenKind
{
    /// <summary>Behind the last piece.</summary>
    End,

    /// <summary>A keyword or a name without quotes, as typed.</summary>
    Word,

    /// <summary>A name in back-ticks, without them.</summary>
    Name,

    /// <summary>A text, without its quotes; what is escaped in it stays so.</summary>
    Text,

    /// <summary>A number as typed.</summary>
    Number,

    /// <summary>Digits of a <c>b'101'</c> or <c>0b101</c>.</summary>
    Bits,

    /// <summary>Digits of an <c>x'1f'</c> or <c>0x1f</c>.</summary>
    Hex,

    /// <summary>Any other single character.</summary>
    Symbol,
}

/// <summary>A piece of a statement.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, by kind.</param>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text)
{
    /// <summary>Where it begins in the statement.</summary>
    public int Start { get; init; }

    /// <summary>Where it ends in the statement: behind its last character.</summary>
    public int End { get; init; }

    /// <summary>It stands in a comment that only servers read (<c>/*!80016 … */</c>).</summary>
    public bool IsInComment { get; init; }

    /// <summary>Whether it is this keyword, in any case.</summary>
    public bool Is(string keyword) => Kind == SqlTokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(char symbol) => Kind == SqlTokenKind.Symbol && Text[0] == symbol;
}
