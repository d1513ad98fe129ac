using System.Text;
using CanalBridge.Serialization.Tables.Definitions.Sql;

namespace CanalBridge.Serialization.Tables.Definitions.Statements;

/// <summary>A column's type.</summary>
internal static class TypeParser
{
    /// <summary>The type as typed, without character set.</summary>
    /// <param name="sql">Behind the column's name.</param>
    /// <param name="enumValues">Labels of an ENUM or SET, as typed.</param>
    /// <exception cref="FormatException">It is no type.</exception>
    public static string Read(SqlReader sql, out string? enumValues)
    {
        enumValues = null;
        if (sql.Next.Kind != SqlTokenKind.Word)
        {
            throw sql.Unexpected("a type");
        }

        var type = new StringBuilder(sql.Take().Text);
        string first = type.ToString();

        // LONG and NCHAR alone are types, but NATIONAL is not.
        if ((Is(first, "NATIONAL") || Is(first, "LONG") || Is(first, "NCHAR"))
            && IsAny(sql.Next, "CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER", "VARBINARY"))
        {
            type.Append(' ').Append(sql.Take().Text);
        }

        if ((Is(first, "DOUBLE") && IsAny(sql.Next, "PRECISION")) || IsAny(sql.Next, "VARYING"))
        {
            type.Append(' ').Append(sql.Take().Text);
        }

        if (sql.TryTakeSymbol('('))
        {
            string arguments = ReadArguments(sql, type);
            enumValues = Is(first, "ENUM") || Is(first, "SET") ? arguments : null;
        }

        while (IsAny(sql.Next, "UNSIGNED", "ZEROFILL", "SIGNED"))
        {
            type.Append(' ').Append(sql.Take().Text);
        }

        if (IsAny(sql.Next, "BYTE"))
        {
            type.Append(' ').Append(sql.Take().Text);
        }

        return type.ToString();
    }

    /// <returns>What stands in the brackets, as typed but for blanks.</returns>
    private static string ReadArguments(SqlReader sql, StringBuilder type)
    {
        var typed = new StringBuilder();
        type.Append('(');
        while (!sql.TryTakeSymbol(')'))
        {
            if (sql.AtEnd)
            {
                throw sql.Unexpected("')'");
            }

            SqlToken token = sql.Take();
            typed.Append(sql.Typed(token));

            // Of a number with a point servers take what is before it: DECIMAL(20.5) has 20 digits, none of them behind the point.
            type.Append(token.Kind switch
            {
                SqlTokenKind.Text => $"'{token.Text}'",
                SqlTokenKind.Number => token.Text.Split('.')[0],
                _ => token.Text,
            });
        }

        type.Append(')');
        return typed.ToString();
    }

    private static bool Is(string word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    private static bool IsAny(SqlToken token, params ReadOnlySpan<string> keywords)
    {
        foreach (string keyword in keywords)
        {
            if (token.Is(keyword))
            {
                return true;
            }
        }

        return false;
    }
}
