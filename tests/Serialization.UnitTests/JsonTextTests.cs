using System.Text.Json;
using CsCheck;

namespace CanalBridge.Serialization.UnitTests;

public sealed class JsonTextTests
{
    private readonly SerializerFixture _fixture = new();

    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("", "\"\"")]
    [InlineData("\"\\/<>&'+", "\"\\\"\\\\/<>&'+\"")]
    [InlineData("\b\t\n\f\r\u0000\u001f", "\"\\b\\t\\n\\f\\r\\u0000\\u001F\"")]
    [InlineData("\u007f\u0085\u00a0\u2028\uFEFF", "\"\u007f\u0085\u00a0\u2028\uFEFF\"")]
    [InlineData("Ünïcödé 中文", "\"Ünïcödé 中文\"")]
    [InlineData("a\U0001F642b", "\"a\\uD83D\\uDE42b\"")]
    public void Text_is_escaped_as_Kafka_Connect_does(string text, string json) => Assert.Equal(json, _fixture.ValueOf("varchar(100)", text));

    [Fact]
    public void Every_text_is_read_back() => Gen.String.Where(static text => !text.Any(char.IsSurrogate)).Sample(static text =>
        Assert.Equal(text, JsonSerializer.Deserialize<string>(new SerializerFixture().ValueOf("text", text))));

    [Fact]
    public void Every_string_in_a_JSON_column_is_read_back() => Gen.String.Where(static text => !text.Any(char.IsSurrogate)).Sample(static text =>
    {
        string document = JsonSerializer.Deserialize<string>(new SerializerFixture().ValueOf("json", JsonSerializer.Serialize(text + "\U0001F642")))!;

        Assert.Equal(text + "\U0001F642", JsonSerializer.Deserialize<string>(document));
    });

    [Fact]
    public void Column_name_is_escaped_and_its_doubled_back_tick_undone()
    {
        string json = _fixture.Records(EntryBuilder.Insert(new Cell("quo\"te``\\", "int(11)", "1")))[0].Value!;

        Assert.StartsWith("""{"before":null,"after":{"quo\"te`\\":1}""", json, StringComparison.Ordinal);
    }
}
