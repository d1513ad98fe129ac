using System.Diagnostics.CodeAnalysis;

namespace CanalBridge.Waiting;

/// <summary>Answers of others, so that nobody waits for them twice. The least recently used go first. For one thread.</summary>
internal sealed class RecentAnswers<TQuestion, TAnswer>
    where TQuestion : notnull
{
    private readonly int _most;
    private readonly long _mostSize;
    private readonly Dictionary<TQuestion, LinkedListNode<Kept>> _answers = [];
    private readonly LinkedList<Kept> _byUse = [];
    private long _size;

    /// <param name="most">Number of answers.</param>
    /// <param name="mostSize">Sum of their sizes, in the caller's unit.</param>
    public RecentAnswers(int most, long mostSize = long.MaxValue)
    {
        _most = most;
        _mostSize = mostSize;
    }

    /// <summary>The answer, if it is known.</summary>
    public bool TryGet(TQuestion question, [MaybeNullWhen(false)] out TAnswer answer)
    {
        if (!_answers.TryGetValue(question, out LinkedListNode<Kept>? node))
        {
            answer = default;
            return false;
        }

        _byUse.Remove(node);
        _byUse.AddLast(node);
        answer = node.Value.Answer;
        return true;
    }

    /// <summary>Keeps an answer, instead of an older one to the same question.</summary>
    public void Keep(TQuestion question, TAnswer answer, int size = 0)
    {
        Forget(question);
        _answers.Add(question, _byUse.AddLast(new Kept(question, answer, size)));
        _size += size;
        while (_answers.Count > _most || _size > _mostSize)
        {
            Forget(_byUse.First!.Value.Question);
        }
    }

    /// <summary>Forgets the answers to the questions that are meant.</summary>
    public void Forget(Predicate<TQuestion> isMeant)
    {
        foreach (TQuestion question in _answers.Keys.Where(question => isMeant(question)).ToList())
        {
            Forget(question);
        }
    }

    private void Forget(TQuestion question)
    {
        if (_answers.Remove(question, out LinkedListNode<Kept>? node))
        {
            _byUse.Remove(node);
            _size -= node.Value.Size;
        }
    }

    private sealed record Kept(TQuestion Question, TAnswer Answer, int Size);
}
