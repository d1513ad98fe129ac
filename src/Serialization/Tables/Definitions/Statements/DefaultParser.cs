using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>A DEFAULT clause.</summary>
internal static class DefaultParser
{
    /// <summary>The value of a DEFAULT clause.</summary>
    public static ColumnDefault? Read(SqlReader sql)
    {
        bool isNegative = sql.TryTakeSymbol('-');
        bool hasPlus = !isNegative && sql.TryTakeSymbol('+');

        if (sql.Next.IsSymbol('('))
        {
            sql.SkipBrackets();
            return new ColumnDefault(ColumnDefaultKind.Expression, "");
        }

        SqlToken value = sql.Take();
        string introducer = "";
        if (value.Kind == SqlTokenKind.Word && value.Text[0] == '_' && sql.Next.Kind is SqlTokenKind.Text or SqlTokenKind.Hex or SqlTokenKind.Bits)
        {
            introducer = value.Text;
            value = sql.Take();
        }

        switch (value.Kind)
        {
            case SqlTokenKind.Number:
                return new ColumnDefault(ColumnDefaultKind.Number, isNegative ? "-" + value.Text : value.Text) { Typed = hasPlus ? "+" + value.Text : null };
            case SqlTokenKind.Text:
                return ReadText(sql, value, introducer);
            case SqlTokenKind.Bits:
                return new ColumnDefault(ColumnDefaultKind.Bits, value.Text);
            case SqlTokenKind.Hex:
                return new ColumnDefault(ColumnDefaultKind.Hex, value.Text);
            case SqlTokenKind.Word when value.Is("NULL"):
                return null;
            case SqlTokenKind.Word when value.Is("TRUE") || value.Is("FALSE"):
                return new ColumnDefault(ColumnDefaultKind.Number, value.Is("TRUE") ? "1" : "0") { Typed = value.Text };
            case SqlTokenKind.Word when IsCurrentTimestamp(value):
                return ReadCurrentTimestamp(sql, value);
            default:
                // A function, or an expression that MariaDB takes without brackets: its rest is read over as unknown attributes.
                sql.SkipBrackets();
                return new ColumnDefault(ColumnDefaultKind.Expression, "");
        }
    }

    /// <summary>Texts side by side are one.</summary>
    private static ColumnDefault ReadText(SqlReader sql, SqlToken value, string introducer)
    {
        string text = value.Text, typed = introducer + sql.Typed(value);
        while (sql.Next.Kind == SqlTokenKind.Text)
        {
            typed += sql.Typed(sql.Next);
            text += sql.Take().Text;
        }

        typed = typed[0] is '\'' or '"' && typed[^1] == typed[0] && typed.Length > 1 ? typed[1..^1] : typed;
        return new ColumnDefault(ColumnDefaultKind.Text, text) { Typed = typed == text ? null : typed };
    }

    private static ColumnDefault ReadCurrentTimestamp(SqlReader sql, SqlToken function)
    {
        string typed = function.Text;
        for (bool hasBrackets = sql.Next.IsSymbol('('); hasBrackets && !sql.AtEnd;)
        {
            hasBrackets = !sql.Next.IsSymbol(')');
            typed += sql.Take().Text;
        }

        // Belongs to the default as Debezium reads it; behind anything else it marks the column as generated.
        if (sql.TryTake("ON", "UPDATE"))
        {
            sql.SkipPiece();
            sql.SkipBrackets();
        }

        return new ColumnDefault(ColumnDefaultKind.CurrentTimestamp, "") { Typed = function.Is("CURRENT_TIMESTAMP") || function.Is("NOW") ? null : typed };
    }

    /// <summary>CURRENT_TIMESTAMP or one of its synonyms.</summary>
    public static bool IsCurrentTimestamp(SqlToken token) =>
        token.Is("CURRENT_TIMESTAMP") || token.Is("NOW") || token.Is("LOCALTIME") || token.Is("LOCALTIMESTAMP");
}
