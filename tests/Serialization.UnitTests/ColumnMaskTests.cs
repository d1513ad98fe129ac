using System.Security.Cryptography;
using System.Text;

namespace CanalBridge.Serialization.UnitTests;

/// <summary>Expected texts are what a Debezium 3.5.0 for MariaDB wrote with the same options for the same rows.</summary>
public sealed class ColumnMaskTests
{
    private const string V1Salt = "CzQMA0cB5K";

    [Theory]
    [InlineData("varchar(20)", "hello", "b4d39ab0d198fb4cac8b")]
    [InlineData("char(10)", "cc", "04933e883d")]
    [InlineData("text", "text öäü 🙂", "0ded608b25bbb3c89ff286959e5dfbd0edbc5463d29acee3e0e2e04738178087")]
    [InlineData("varchar(30)", "", "7b061bc77caec9afdc6b986ab6c4de")]
    [InlineData("enum('abcd','b')", "1", "f")]
    [InlineData("set('aaaa','b')", "3", "f50")]
    public void Hash_of_the_first_version_is_that_of_the_text_as_Java_serializes_it(string type, string value, string expected) =>
        Assert.Equal($"\"{expected}\"", ValueOf(Hash("SHA-256", V1Salt, isOfPlainText: false), type, value));

    [Theory]
    [InlineData("MD5", "varchar(20)", "hello", "1e050a4f07291a5f27d9")]
    [InlineData("MD5", "text", "text öäü 🙂", "88bccde48d492c412060dd86a20b8e39")]
    [InlineData("MD5", "set('aaaa','b')", "3", "bda")]
    [InlineData("SHA-512", "varchar(100)", "a🙂ö", "04114ab037c65f78777086be7f5f1e1434ad59dc54ea044437c1b8c6045a72a7210ab8f5837e02b39865db400015fb1e7487")]
    [InlineData("SHA-512", "set('aaaa','b','c','d')", "3", "4460517")]
    public void Hash_of_the_second_version_is_that_of_the_text(string algorithm, string type, string value, string expected) =>
        Assert.Equal($"\"{expected}\"", ValueOf(Hash(algorithm, "s2", isOfPlainText: true), type, value));

    [Fact]
    public void Hash_of_a_long_text_has_its_length_in_eight_bytes()
    {
        string text = new('x', 70_000);
        byte[] serialized = [0xac, 0xed, 0, 5, 0x7c, 0, 0, 0, 0, 0, 1, 0x11, 0x70, .. Encoding.UTF8.GetBytes(text)];
        string expected = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(V1Salt), .. serialized]));

        Assert.Equal($"\"{expected}\"", ValueOf(Hash("SHA-256", V1Salt, isOfPlainText: false), "longtext", text));
    }

    [Fact]
    public void Hash_of_NULL_is_NULL() => Assert.Equal("null", ValueOf(Hash("MD5", "s", isOfPlainText: true), "text", null));

    [Theory]
    [InlineData("varchar(20)", "hello")]
    [InlineData("text", null)]
    [InlineData("enum('abcd','b')", "1")]
    [InlineData("set('a','b')", "3")]
    [InlineData("json", "{\"a\": 1}")]
    public void Asterisks_stand_for_any_text_and_for_NULL(string type, string? value) => Assert.Equal("\"*****\"", ValueOf(Asterisks(5), type, value));

    [Theory]
    [InlineData("int", "7", "7")]
    [InlineData("decimal(10,2)", "12.50", "\"BOI=\"")]
    [InlineData("datetime", "2024-01-02 03:04:05", "1704164645000")]
    [InlineData("timestamp", "2024-01-02 03:04:05", "\"2024-01-02T03:04:05Z\"")]
    [InlineData("varbinary(10)", "x01bc", "\"eDAxYmM=\"")]
    public void What_is_no_text_stands_in_the_clear_under_a_mask(string type, string value, string expected) => Assert.Equal(expected, ValueOf(Asterisks(5), type, value));

    [Fact]
    public void Columns_that_stand_in_the_clear_under_a_mask_are_told_once()
    {
        using SerializerFixture fixture = Fixture(Asterisks(5));

        Assert.Equal("shop.orders.n", fixture.Write(EntryBuilder.Insert(new Cell("c", "text", "a"), new Cell("n", "int", "7"))).UnmaskedColumns);
        Assert.Null(fixture.Write(EntryBuilder.Insert(new Cell("c", "text", "a"), new Cell("n", "int", "7"))).UnmaskedColumns);
    }

    [Theory]
    [InlineData(2, "varchar(100)", "char", "\"ch\"")]
    [InlineData(2, "char(2)", "cb", "\"cb\"")]
    [InlineData(2, "enum('abcd','efg')", "2", "\"efg\"")]
    [InlineData(0, "enum('abcd','efg')", "2", "\"\"")]
    [InlineData(2, "set('aaaa','b','c','d')", "3", "\"aa\"")]
    [InlineData(2, "varbinary(10)", "x01bc", "\"eDA=\"")]
    [InlineData(2, "blob", "bloblob", "\"Ymw=\"")]
    [InlineData(2, "timestamp", "2024-01-02 03:04:05", "\"20\"")]
    [InlineData(2, "decimal(10,2)", "12.50", "\"BOI=\"")]
    [InlineData(2, "bit(8)", "5", "\"BQ==\"")]
    [InlineData(2, "int", "12345", "12345")]
    [InlineData(2, "text", null, "null")]
    public void Texts_and_binaries_are_cut(int characters, string type, string? value, string expected) =>
        Assert.Equal(expected, ValueOf(ColumnMask.Truncate(All, characters), type, value));

    [Fact]
    public void Half_a_character_that_a_cut_leaves_is_written_escaped() =>
        Assert.Equal("\"a\\uD83D\"", ValueOf(ColumnMask.Truncate(All, 2), "varchar(100)", "a🙂ö"));

    [Fact]
    public void Schema_tells_of_the_mask_and_the_key_does_not()
    {
        using var fixture = new SerializerFixture(Settings(Hash("MD5", "s", isOfPlainText: true)) with { Schemas = true });

        TextRecord record = fixture.Records(EntryBuilder.Insert(new Cell("id", "varchar(9)", "a", IsKey: true), new Cell("e", "enum('x')", "1")))[0];

        Assert.Contains("""{"type":"string","optional":false,"parameters":{"masked":"true"},"field":"id"}""", record.Value!, StringComparison.Ordinal);
        Assert.Contains("\"parameters\":{\"allowed\":\"x\",\"masked\":\"true\"}", record.Value!, StringComparison.Ordinal);
        Assert.DoesNotContain("masked", record.Key!, StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_tells_of_a_cut_only_where_it_can_happen()
    {
        using var fixture = new SerializerFixture(Settings(ColumnMask.Truncate(All, 3)) with { Schemas = true });

        string value = fixture.Records(EntryBuilder.Insert(new Cell("a", "char(3)", "a"), new Cell("b", "char(4)", "b"), new Cell("c", "text", "c")))[0].Value!;

        Assert.Contains("""{"type":"string","optional":true,"field":"a"}""", value, StringComparison.Ordinal);
        Assert.Contains("""{"type":"string","optional":true,"parameters":{"truncateLength":"3"},"field":"b"}""", value, StringComparison.Ordinal);
        Assert.Contains("""{"type":"string","optional":true,"parameters":{"truncateLength":"3"},"field":"c"}""", value, StringComparison.Ordinal);
    }

    [Fact]
    public void Hashed_text_surfaces_nowhere_not_in_keys_nor_headers()
    {
        using SerializerFixture fixture = Fixture(Hash("SHA-256", "s", isOfPlainText: true));

        List<TextRecord> records = fixture.Records(EntryBuilder.Update([new Cell("id", "varchar(4)", "secret-old", IsKey: true)], [new Cell("id", "varchar(4)", "secret-new", IsKey: true)]));

        Assert.Equal(3, records.Count);
        Assert.All(records, static record => Assert.DoesNotContain("secret", $"{record.Key}{record.Value}{record.HeaderValue}", StringComparison.Ordinal));
    }

    [Fact]
    public void Hash_in_a_key_is_whole_so_that_keys_stay_different()
    {
        using SerializerFixture fixture = Fixture(Hash("SHA-256", "s2", isOfPlainText: true));

        TextRecord record = fixture.Records(EntryBuilder.Insert(new Cell("id", "varchar(4)", "hello", IsKey: true)))[0];

        Assert.Equal($$"""{"id":"{{Convert.ToHexStringLower(SHA256.HashData("s2hello"u8))}}"}""", record.Key);
        Assert.StartsWith($$"""{"before":null,"after":{"id":"{{Convert.ToHexStringLower(SHA256.HashData("s2hello"u8))[..4]}}"},""", record.Value!, StringComparison.Ordinal);
    }

    [Fact]
    public void Asterisks_for_a_key_column_are_refused()
    {
        using SerializerFixture fixture = Fixture(Asterisks(3));

        var refusal = Assert.Throws<UnmappableValueException>(() => fixture.Write(EntryBuilder.Insert(new Cell("id", "varchar(4)", "secret", IsKey: true))));

        Assert.Contains("ColumnMaskHash", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_leaves_the_key_whole()
    {
        using SerializerFixture fixture = Fixture(ColumnMask.Truncate(All, 1));

        Assert.Equal("""{"id":"hello"}""", fixture.Records(EntryBuilder.Insert(new Cell("id", "varchar(9)", "hello", IsKey: true)))[0].Key);
    }

    [Fact]
    public void Only_the_columns_that_are_named_are_masked()
    {
        using SerializerFixture fixture = Fixture(ColumnMask.WithAsterisks(Columns(@"shop\.ORDERS\.m.*"), 3));

        string value = fixture.Records(EntryBuilder.Insert(new Cell("mail", "text", "a"), new Cell("name", "text", "b")))[0].Value!;

        Assert.StartsWith("""{"before":null,"after":{"mail":"***","name":"b"},""", value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, @"shop\.orders\.(b|id)", """{"before":null,"after":{"c":"z"},""")]
    [InlineData(true, @"shop\.orders\.B", """{"before":null,"after":{"b":"y"},""")]
    [InlineData(true, @"shop\.other\..*", """{"before":null,"after":{},""")]
    public void Column_that_is_left_out_still_stands_in_the_key(bool includes, string list, string expected)
    {
        Assert.True(NameFilter.TryParse(list, includes, out NameFilter? filter));
        using var fixture = new SerializerFixture(new SerializationSettings { TopicPrefix = "bridge", ColumnFilter = filter });

        TextRecord record = fixture.Records(EntryBuilder.Insert(new Cell("id", "int", "1", IsKey: true), new Cell("b", "text", "y"), new Cell("c", "text", "z")))[0];

        Assert.Equal("""{"id":1}""", record.Key);
        Assert.StartsWith(expected, record.Value!, StringComparison.Ordinal);
    }

    [Fact]
    public void Update_of_a_column_that_is_left_out_is_a_record_all_the_same()
    {
        Assert.True(NameFilter.TryParse(@"shop\.orders\.b", includes: false, out NameFilter? filter));
        using var fixture = new SerializerFixture(new SerializationSettings { TopicPrefix = "bridge", ColumnFilter = filter });

        TextRecord record = Assert.Single(fixture.Records(EntryBuilder.Update(
            [new Cell("id", "int", "1", IsKey: true), new Cell("b", "text", "y"), new Cell("c", "text", "z")],
            [new Cell("id", "int", "1", IsKey: true), new Cell("b", "text", "n"), new Cell("c", "text", "z")])));

        Assert.StartsWith("""{"before":{"id":1,"c":"z"},"after":{"id":1,"c":"z"},""", record.Value!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"shop\.orders\.p{1,2}hone", "phone")]
    [InlineData(@"shop\.orders\.other,shop\.orders\.phone", "phone")]
    public void Comma_of_a_quantifier_does_not_part_a_list(string list, string column)
    {
        using SerializerFixture fixture = Fixture(ColumnMask.WithAsterisks(Columns(list), 3));

        Assert.StartsWith($$"""{"before":null,"after":{"{{column}}":"***"},""", fixture.Records(EntryBuilder.Insert(new Cell(column, "text", "1")))[0].Value!, StringComparison.Ordinal);
    }

    [Fact]
    public void Column_that_becomes_a_number_under_its_mask_is_told()
    {
        using SerializerFixture fixture = Fixture(Asterisks(3));
        fixture.Write(EntryBuilder.Insert(new Cell("c", "text", "a")));
        fixture.Write(EntryBuilder.Statement(Canal.Client.Entries.CanalEventType.Alter, isDdl: true, "ALTER TABLE orders MODIFY c INT"));

        Assert.Equal("shop.orders.c", fixture.Write(EntryBuilder.Insert(new Cell("c", "int", "1"))).UnmaskedColumns);
    }

    private static NameFilter All => Columns(".*");

    private static NameFilter Columns(string list) => NameFilter.TryParse(list, includes: true, out NameFilter? filter) ? filter : throw new ArgumentException(list);

    private static ColumnMask Asterisks(int count) => ColumnMask.WithAsterisks(All, count);

    private static ColumnMask Hash(string algorithm, string salt, bool isOfPlainText) => ColumnMask.Hash(All, ColumnMask.Algorithms[algorithm], Encoding.UTF8.GetBytes(salt), isOfPlainText);

    private static SerializationSettings Settings(ColumnMask mask) => new() { TopicPrefix = "bridge", ColumnMasks = [mask] };

    private static SerializerFixture Fixture(ColumnMask mask) => new(Settings(mask));

    private static string ValueOf(ColumnMask mask, string type, string? value)
    {
        using SerializerFixture fixture = Fixture(mask);
        return fixture.ValueOf(type, value);
    }
}
