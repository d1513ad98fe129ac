using Canal.Client.Entries;

namespace CanalBridge.Serialization.UnitTests;

/// <summary>What becomes of values that fit no type.</summary>
public sealed class UnfitValueTests
{
    private const string Partial = "JSON_REPLACE(`c`, '$.a', 1)";

    [Theory]
    [InlineData("date", "2024-02-30")]
    [InlineData("datetime(6)", "2023-02-29 01:02:03.000004")]
    [InlineData("time", "00:60:00")]
    [InlineData("json", Partial)]
    [InlineData("enum('a')", "2")]
    [InlineData("set('a')", "2")]
    [InlineData("int", "x")]
    [InlineData("inet6", "abc")]
    public void Null_stands_for_it_and_is_counted(string type, string value)
    {
        using SerializerFixture fixture = Fixture(UnfitValue.Null);

        Assert.Equal("null", fixture.ValueOf(type, value));
        Assert.Equal((1, 0), Counts(fixture.Write(EntryBuilder.Insert(new Cell("c", type, value)))));
    }

    [Theory]
    [InlineData("json", Partial, "\"JSON_REPLACE(`c`, '$.a', 1)\"")]
    [InlineData("enum('a')", "2", "\"2\"")]
    [InlineData("timestamp", "2024-02-30 00:00:00", "\"2024-02-30 00:00:00\"")]
    [InlineData("inet6", "a\"b", "\"a\\\"b\"")]
    public void Text_stands_where_the_record_has_a_string(string type, string value, string json)
    {
        using SerializerFixture fixture = Fixture(UnfitValue.Text);

        Assert.Equal(json, fixture.ValueOf(type, value));
        Assert.Equal((1, 0), Counts(fixture.Write(EntryBuilder.Insert(new Cell("c", type, value)))));
    }

    [Theory]
    [InlineData("date", "2024-02-30")]
    [InlineData("int", "x")]
    public void Text_is_refused_where_the_record_has_no_string(string type, string value)
    {
        using SerializerFixture fixture = Fixture(UnfitValue.Text);

        Assert.Throws<UnmappableValueException>(() => fixture.ValueOf(type, value));
    }

    [Fact]
    public void Null_is_refused_where_the_column_takes_none()
    {
        using SerializerFixture fixture = Fixture(UnfitValue.Null);
        fixture.Write(EntryBuilder.Statement(CanalEventType.Create, isDdl: true, "CREATE TABLE orders (c DATE NOT NULL)"));

        Assert.Throws<UnmappableValueException>(() => fixture.ValueOf("date", "2024-02-30"));
    }

    [Fact]
    public void Key_is_refused_whatever_is_chosen()
    {
        using SerializerFixture fixture = Fixture(UnfitValue.Null);

        Assert.Throws<UnmappableValueException>(() => fixture.ValueOf("date", "2024-02-30", isKey: true));
    }

    [Fact]
    public void Choice_is_of_the_kind_of_fault()
    {
        using var fixture = new SerializerFixture(new SerializationSettings { TopicPrefix = "bridge", UnfitValues = new UnfitValues { Json = UnfitValue.Null } });

        Assert.Equal("null", fixture.ValueOf("json", Partial));
        Assert.Throws<UnmappableValueException>(() => fixture.ValueOf("date", "2024-02-30"));
    }

    [Fact]
    public void Members_around_it_stay()
    {
        using SerializerFixture fixture = Fixture(UnfitValue.Null);

        string value = fixture.Records(EntryBuilder.Insert(new Cell("a", "int", "1"), new Cell("b", "blob", "abc\u0100"), new Cell("c", "int", "3")))[0].Value!;

        Assert.StartsWith("""{"before":null,"after":{"a":1,"b":null,"c":3},""", value, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_a_masked_column_is_masked()
    {
        Assert.True(NameFilter.TryParse(@"shop\.orders\.c", includes: true, out NameFilter? columns));
        using var fixture = new SerializerFixture(new SerializationSettings
        {
            TopicPrefix = "bridge",
            UnfitValues = new UnfitValues { Json = UnfitValue.Text },
            ColumnMasks = [ColumnMask.WithAsterisks(columns, 3)],
        });

        Assert.Equal("\"***\"", fixture.ValueOf("json", Partial));
    }

    [Fact]
    public void Maxwell_writes_null_or_the_text()
    {
        using var fixture = new SerializerFixture(new SerializationSettings
        {
            Format = EnvelopeFormat.Maxwell,
            TopicPrefix = "bridge",
            UnfitValues = new UnfitValues { Other = UnfitValue.Null, Json = UnfitValue.Text },
        });

        string value = fixture.Records(EntryBuilder.Insert(new Cell("a", "int", "x"), new Cell("b", "json", Partial)))[0].Value!;

        Assert.Contains("""{"a":null,"b":"JSON_REPLACE(`c`, '$.a', 1)"}""", value, StringComparison.Ordinal);
    }

    private static SerializerFixture Fixture(UnfitValue choice) => new(new SerializationSettings
    {
        TopicPrefix = "bridge",
        UnfitValues = new UnfitValues { Date = choice, Json = choice, Label = choice, Other = choice },
    });

    private static (int Unfit, int Damaged) Counts(EntryResult result) => (result.UnfitValues, result.DamagedValues);
}
