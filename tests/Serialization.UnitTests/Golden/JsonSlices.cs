using System.Text;
using System.Text.Json;

namespace CanalBridge.Serialization.UnitTests.Golden;

/// <summary>Members of a JSON object as the text stands, so that a comparison is byte by byte.</summary>
internal static class JsonSlices
{
    /// <summary>Raw member names and values in order. The object must hold no blanks.</summary>
    public static List<(string Name, string Value)> Members(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        var members = new List<(string, string)>();
        var reader = new Utf8JsonReader(bytes);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int nameStart = (int)reader.TokenStartIndex;
            int nameEnd = nameStart + reader.ValueSpan.Length + 2;
            reader.Read();
            int valueStart = (int)reader.TokenStartIndex;
            reader.Skip();
            members.Add((Encoding.UTF8.GetString(bytes[nameStart..nameEnd]), Encoding.UTF8.GetString(bytes[valueStart..(int)reader.BytesConsumed])));
        }

        string rebuilt = "{" + string.Join(",", members.Select(static member => $"{member.Item1}:{member.Item2}")) + "}";
        Assert.Equal(json, rebuilt);
        return members;
    }
}
