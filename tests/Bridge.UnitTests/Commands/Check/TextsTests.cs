using System.Reflection;
using System.Text.RegularExpressions;
using CanalBridge.Commands.Check;

namespace CanalBridge.UnitTests.Commands.Check;

public sealed partial class TextsTests
{
    private static readonly Text[] All =
    [
        .. typeof(Texts).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (Text)field.GetValue(null)!),
        .. Texts.Titles.Values,
    ];

    [Fact]
    public void Every_text_is_there_in_both_languages()
    {
        Assert.True(All.Length > 100);
        Assert.All(All, static text => Assert.False(string.IsNullOrWhiteSpace(text.English) || string.IsNullOrWhiteSpace(text.Chinese), text.Code));
    }

    [Fact]
    public void Both_languages_have_the_same_places() =>
        Assert.All(All, static text => Assert.Equal(Places(text.English), Places(text.Chinese)));

    [Fact]
    public void No_two_texts_share_a_code() => Assert.Equal(All.Length, All.Select(static text => text.Code).Distinct().Count());

    [Fact]
    public void Code_is_the_name_in_snake_case() => Assert.Equal("canal_tcp_remedy", Texts.CanalTcpRemedy.Code);

    [Fact]
    public void Whole_sentences_are_in_chinese_characters() =>
        Assert.All(All.Where(static text => text.Chinese != text.English && text.English.Length > 40), static text => Assert.Contains(text.Chinese, static letter => letter is >= '\u4e00' and <= '\u9fff'));

    [Fact]
    public void Every_step_has_a_title() => Assert.Equal(Steps.All.Order(StringComparer.Ordinal), Texts.Titles.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Text_within_a_text_is_told_in_the_same_language() =>
        Assert.Contains("Canal：鉴权", new Said(Texts.NeedsStep, new Said(Texts.Titles[Steps.CanalLogin])).In(Language.Chinese), StringComparison.Ordinal);

    private static string[] Places(string text) => [.. Place().Matches(text).Select(static match => match.Value).Distinct().Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Place();
}
