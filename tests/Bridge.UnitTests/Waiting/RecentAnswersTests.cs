using CanalBridge.Waiting;

namespace CanalBridge.UnitTests.Waiting;

public sealed class RecentAnswersTests
{
    [Fact]
    public void Least_recently_used_answer_goes_first()
    {
        var answers = new RecentAnswers<string, int>(most: 2);
        answers.Keep("a", 1);
        answers.Keep("b", 2);
        Assert.True(answers.TryGet("a", out _));

        answers.Keep("c", 3);

        Assert.True(answers.TryGet("a", out int kept));
        Assert.Equal(1, kept);
        Assert.False(answers.TryGet("b", out _));
    }

    [Fact]
    public void Answers_go_when_they_are_too_large_together()
    {
        var answers = new RecentAnswers<string, int>(most: 9, mostSize: 10);
        answers.Keep("a", 1, size: 6);
        answers.Keep("a", 2, size: 6);
        answers.Keep("b", 3, size: 4);
        Assert.True(answers.TryGet("a", out int newer));
        Assert.Equal(2, newer);

        answers.Keep("c", 4, size: 5);

        Assert.False(answers.TryGet("b", out _));
        Assert.False(answers.TryGet("a", out _));
        Assert.True(answers.TryGet("c", out _));
    }

    [Fact]
    public void Forgotten_answers_are_those_that_are_meant()
    {
        var answers = new RecentAnswers<string, int>(most: 9);
        answers.Keep("a", 1);
        answers.Keep("b", 2);

        answers.Forget(static question => question == "a");

        Assert.False(answers.TryGet("a", out _));
        Assert.True(answers.TryGet("b", out _));
    }
}
