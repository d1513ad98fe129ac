using CanalBridge.Serialization.Tables;
using CanalBridge.Waiting;

namespace CanalBridge.Source;

/// <summary>The source's answers, so that it is asked once per table and shape.</summary>
/// <remarks>
/// One per destination, for all its Kafka producers: where a transaction is given up its batch comes again, and with it the questions. They are
/// then answered from memory, so that the second try is quicker than the first.
/// <para>An answer tells how the table was after the rows for which it was asked. A statement on the table takes it back
/// (<see cref="Forget"/>), and rows of another shape are another question. So rows that come again get the definition that they got at first, and
/// rows behind a statement never one from before it.</para>
/// <para>Kept are 10,000 answers, or 16 MiB of text; the least recently used go first. A forgotten one costs a question.</para>
/// </remarks>
internal sealed class RememberedTables : ITableStatements
{
    private const int MostAnswers = 10_000;

    private const long MostCharacters = 8 << 20;

    private readonly ITableStatements _source;
    private readonly RecentAnswers<Question, Answer> _answers = new(MostAnswers, MostCharacters);

    public RememberedTables(ITableStatements source) => _source = source;

    /// <summary>Null where there is no source to ask.</summary>
    public static RememberedTables? Of(ITableStatements? source) => source is null ? null : new RememberedTables(source);

    /// <inheritdoc />
    public string? ShowCreateTable(string schema, string table, string shape, CancellationToken cancellationToken = default)
    {
        var question = new Question(schema, table);
        if (!_answers.TryGet(question, out Answer? answer) || answer.Shape != shape)
        {
            answer = new Answer(shape, _source.ShowCreateTable(schema, table, shape, cancellationToken));
            _answers.Keep(question, answer, shape.Length + (answer.Text?.Length ?? 0));
        }

        return answer.Text;
    }

    /// <inheritdoc />
    /// <remarks>Nothing told is not kept: the source may just have been away.</remarks>
    public string? DatabaseCharset(string schema, CancellationToken cancellationToken = default)
    {
        var question = new Question(schema, "");
        if (_answers.TryGet(question, out Answer? answer))
        {
            return answer.Text;
        }

        string? charset = _source.DatabaseCharset(schema, cancellationToken);
        if (charset is not null)
        {
            _answers.Keep(question, new Answer("", charset), charset.Length);
        }

        return charset;
    }

    /// <inheritdoc />
    public void Forget(string? schema = null, string? table = null) =>
        _answers.Forget(question => (schema is null || Is(question.Schema, schema)) && (table is null || Is(question.Table, table)));

    /// <summary>A statement has a name as somebody typed it.</summary>
    private static bool Is(string name, string typed) => name.Equals(typed, StringComparison.OrdinalIgnoreCase);

    /// <param name="Schema">Database.</param>
    /// <param name="Table">Table; empty for the database's character set.</param>
    private readonly record struct Question(string Schema, string Table);

    /// <param name="Shape">Rows for which it was asked.</param>
    /// <param name="Text">What the source told; null if there is no such table.</param>
    private sealed record Answer(string Shape, string? Text);
}
