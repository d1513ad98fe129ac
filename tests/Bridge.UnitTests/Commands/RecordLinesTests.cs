using System.Text;
using System.Text.Json;
using CanalBridge.Commands;
using CanalBridge.Serialization.Output;
using Confluent.Kafka;

namespace CanalBridge.UnitTests.Commands;

public sealed class RecordLinesTests : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly RecordBuffer _records = new();
    private readonly RecordLines _lines;

    public RecordLinesTests() => _lines = new RecordLines(_output);

    public void Dispose()
    {
        _records.Dispose();
        _output.Dispose();
    }

    [Fact]
    public void Record_is_one_line_with_topic_key_value_and_headers()
    {
        Write(Text("k"), Text("v"));

        Assert.Equal("{\"topic\":\"p.shop.items\",\"key\":\"k\",\"value\":\"v\",\"headers\":[]}\n", Output);
    }

    [Fact]
    public void Null_key_of_a_table_without_key_is_null()
    {
        Write(ByteRange.Null, Text("v"));

        Assert.Contains("\"key\":null,\"value\":\"v\"", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_value_of_a_tombstone_is_null()
    {
        Write(Text("k"), ByteRange.Null);

        Assert.Contains("\"key\":\"k\",\"value\":null", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_key_and_value_are_empty_texts_and_not_null()
    {
        Write(Text(""), Text(""));

        Assert.Contains("\"key\":\"\",\"value\":\"\"", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Binary_record_is_in_base64_and_says_so()
    {
        Write(Bytes(0, 0, 0, 0, 1, 2), Bytes(0, 0, 0, 0, 2, 0xff));

        Assert.Equal("{\"topic\":\"p.shop.items\",\"encoding\":\"base64\",\"key\":\"AAAAAAEC\",\"value\":\"AAAAAAL/\",\"headers\":[]}\n", Output);
    }

    [Fact]
    public void Null_beside_a_binary_part_is_null()
    {
        Write(Bytes(0, 0, 0, 0, 1, 2), ByteRange.Null);

        Assert.Contains("\"encoding\":\"base64\",\"key\":\"AAAAAAEC\",\"value\":null", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_UTF_8_is_binary()
    {
        Write(Text("k"), Bytes(0xff));

        Assert.Contains("\"encoding\":\"base64\",\"key\":\"aw==\",\"value\":\"/w==\"", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Own_header_stands_before_the_shared_ones()
    {
        _records.Add("p.shop.items", Text("k"), Text("v"), "own", Text("first"));

        _lines.Write(_records[0], [new("context", "second"u8.ToArray()), new("run", "third"u8.ToArray())]);

        Assert.EndsWith("\"headers\":[[\"own\",\"first\"],[\"context\",\"second\"],[\"run\",\"third\"]]}\n", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Shared_headers_are_written_without_an_own_one()
    {
        _records.Add("p.shop.items", Text("k"), Text("v"));

        _lines.Write(_records[0], [new("context", "x"u8.ToArray())]);

        Assert.EndsWith("\"headers\":[[\"context\",\"x\"]]}\n", Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"name\":\"a \\\"b\\\" c\"}")]
    [InlineData("back\\slash")]
    [InlineData("line\nbreak\r\ttab\u0001\0")]
    [InlineData("</script>&'+")]
    [InlineData("Zürich 日本語 🚀 \u2028")]
    public void Text_that_needs_escaping_is_one_line_and_comes_out_as_it_was(string text)
    {
        _records.Add("p.shop.items", Text(text), Text(text), "own", Text(text));

        _lines.Write(_records[0], []);

        JsonElement line = JsonDocument.Parse(Assert.Single(Lines)).RootElement;
        Assert.Equal(text, line.GetProperty("key").GetString());
        Assert.Equal(text, line.GetProperty("value").GetString());
        Assert.Equal(text, line.GetProperty("headers")[0][1].GetString());
    }

    [Fact]
    public void Letters_of_any_alphabet_stay_readable()
    {
        Write(Text("Zürich"), Text("日本語"));

        Assert.Contains("\"key\":\"Zürich\",\"value\":\"日本語\"", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_record_has_a_line_of_its_own()
    {
        Write(Text("a longer key"), Text("a longer value"));

        Write(Text("k"), Text("v"));

        Assert.Equal(["a longer key", "k"], Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("key").GetString()));
    }

    [Fact]
    public void Record_out_of_kafka_is_written_like_one_that_has_not_been_there()
    {
        _records.Add("p.shop.items", Text("k"), Text("v"), "own", Text("first"));
        _lines.Write(_records[0], [new("context", "second"u8.ToArray())]);
        Headers headers = [new Header("own", "first"u8.ToArray()), new Header("context", "second"u8.ToArray())];

        _lines.Write("p.shop.items", new Message<byte[]?, byte[]?> { Key = "k"u8.ToArray(), Value = "v"u8.ToArray(), Headers = headers });

        Assert.Equal(Lines[0], Lines[1]);
    }

    [Fact]
    public void Record_out_of_kafka_may_lack_key_value_and_headers()
    {
        _lines.Write("p.shop.items", new Message<byte[]?, byte[]?>());

        Assert.Equal("{\"topic\":\"p.shop.items\",\"key\":null,\"value\":null,\"headers\":[]}\n", Output);
    }

    private string Output => Encoding.UTF8.GetString(_output.ToArray());

    private string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private void Write(ByteRange key, ByteRange value)
    {
        _records.Add("p.shop.items", key, value);
        _lines.Write(_records[_records.Count - 1], []);
    }

    private ByteRange Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    private ByteRange Bytes(params byte[] bytes)
    {
        int start = _records.LengthBytes;
        bytes.CopyTo(_records.GetSpan(bytes.Length));
        _records.Advance(bytes.Length);
        return new ByteRange(start, bytes.Length);
    }
}
