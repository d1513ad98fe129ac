namespace CanalBridge.Serialization.UnitTests;

public sealed class ColumnValueWriterTests
{
    private readonly SerializerFixture _fixture = new();

    [Theory]
    [InlineData("tinyint(1)", "1", "1")]
    [InlineData("BOOL", "0", "0")]
    [InlineData("tinyint(4)", "-128", "-128")]
    [InlineData("tinyint(3) unsigned", "255", "255")]
    [InlineData("smallint(5) unsigned", "65535", "65535")]
    [InlineData("mediumint(8) unsigned zerofill", "16777215", "16777215")]
    [InlineData("INT UNSIGNED", "4294967295", "4294967295")]
    [InlineData("integer", "-2147483648", "-2147483648")]
    [InlineData("bigint(20)", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("bigint", "9223372036854775807", "9223372036854775807")]
    [InlineData("bigint(20) unsigned", "9223372036854775808", "-9223372036854775808")]
    [InlineData("serial", "18446744073709551615", "-1")]
    [InlineData("year(4)", "2024", "2024")]
    [InlineData("year", "0000", "1900")]
    public void Integers_are_numbers_and_BIGINT_UNSIGNED_wraps(string type, string value, string json) => Assert.Equal(json, _fixture.ValueOf(type, value));

    [Theory]
    [InlineData("bit(1)", "1", "true")]
    [InlineData("bit", "0", "false")]
    [InlineData("bit(10)", "513", "\"AQI=\"")]
    [InlineData("bit(10)", "0", "\"AAA=\"")]
    [InlineData("bit(60)", "16", "\"EAAAAAAAAAA=\"")]
    [InlineData("bit(64)", "18446744073709551615", "\"//////////8=\"")]
    public void BIT_is_a_boolean_or_little_endian_bytes(string type, string value, string json) => Assert.Equal(json, _fixture.ValueOf(type, value));

    [Theory]
    [InlineData("float", "3.14", "3.14")]
    [InlineData("float unsigned", "1.6777216E7", "1.6777216E7")]
    [InlineData("float(7,2)", "3.14", "3.140000104904175")]
    [InlineData("float(24)", "0.1", "0.1")]
    [InlineData("float(25)", "0.1", "0.1")]
    [InlineData("double", "1.0E-4", "1.0E-4")]
    [InlineData("DOUBLE PRECISION", "-0.0", "-0.0")]
    [InlineData("double(10,3)", "5", "5.0")]
    [InlineData("real", "1e+21", "1.0E21")]
    public void Floating_point_is_Java_text(string type, string value, string json) => Assert.Equal(json, _fixture.ValueOf(type, value));

    [Theory]
    [InlineData("0000-00-00", "null")]
    [InlineData("2024-00-00", "null")]
    [InlineData("2018-06-20", "17702")]
    [InlineData("0018-04-01", "17622")]
    [InlineData("0099-01-01", "10592")]
    [InlineData("1969-12-31", "-1")]
    [InlineData("9999-12-31", "2932896")]
    [InlineData("2024-02-29", "19782")]
    public void DATE_is_days_since_the_epoch(string value, string json) => Assert.Equal(json, _fixture.ValueOf("date", value));

    [Theory]
    [InlineData("time", "838:59:59", "3020399000000")]
    [InlineData("time(3)", "17:51:04.777", "64264777000")]
    [InlineData("time(6)", "-12:34:56.123456", "-45296123456")]
    [InlineData("time(3)", "-00:00:00.001", "-1000")]
    [InlineData("time", "00:00:00", "0")]
    public void TIME_is_microseconds(string type, string value, string json) => Assert.Equal(json, _fixture.ValueOf(type, value));

    [Theory]
    [InlineData("datetime", "2018-06-20 06:37:03", "1529476623000")]
    [InlineData("datetime(3)", "2018-06-20 06:37:03.123", "1529476623123")]
    [InlineData("datetime(4)", "2018-06-20 06:37:03.1234", "1529476623123400")]
    [InlineData("DATETIME(6)", "2018-06-20 06:37:03.123456", "1529476623123456")]
    [InlineData("datetime(1)", "1969-12-31 23:59:59.5", "-500")]
    [InlineData("datetime", "9999-12-31 23:59:59", "253402300799000")]
    [InlineData("datetime(6)", "0000-00-00 00:00:00.000000", "null")]
    public void DATETIME_is_milliseconds_up_to_three_digits_and_microseconds_above(string type, string value, string json) =>
        Assert.Equal(json, _fixture.ValueOf(type, value));

    [Theory]
    [InlineData("date", "0000-00-00", "0")]
    [InlineData("datetime", "0000-00-00 00:00:00", "0")]
    [InlineData("datetime(6)", "2024-00-01 00:00:00.000000", "0")]
    public void Zero_date_in_a_key_is_the_epoch(string type, string value, string json) => Assert.Equal(json, _fixture.ValueOf(type, value, isKey: true));

    [Theory]
    [InlineData("timestamp", "2026-08-22 13:18:05", "\"2026-08-22T13:18:05Z\"")]
    [InlineData("timestamp(3)", "2026-08-22 13:18:05.500", "\"2026-08-22T13:18:05.500Z\"")]
    [InlineData("timestamp(6)", "2026-08-22 13:18:00.000000", "\"2026-08-22T13:18:00.000000Z\"")]
    [InlineData("timestamp", "0000-00-00 00:00:00", "\"1970-01-01T00:00:00Z\"")]
    [InlineData("timestamp(2)", "0000-00-00 00:00:00.00", "\"1970-01-01T00:00:00.00Z\"")]
    public void TIMESTAMP_is_text_in_UTC_with_the_declared_digits(string type, string value, string json) => Assert.Equal(json, _fixture.ValueOf(type, value));

    [Theory]
    [InlineData("Asia/Shanghai", "2024-01-01 07:30:00", "\"2023-12-31T23:30:00Z\"")]
    [InlineData("America/New_York", "2024-07-01 12:00:00", "\"2024-07-01T16:00:00Z\"")]
    [InlineData("America/New_York", "2024-01-01 12:00:00", "\"2024-01-01T17:00:00Z\"")]
    public void TIMESTAMP_comes_in_the_zone_of_Canals_JVM(string zone, string value, string json) =>
        Assert.Equal(json, new SerializerFixture(zone: TimeZoneInfo.FindSystemTimeZoneById(zone)).ValueOf("timestamp", value));

    [Fact]
    public void TIMESTAMP_moved_beyond_the_last_year_is_refused() =>
        Assert.Throws<UnmappableValueException>(
            () => new SerializerFixture(zone: TimeZoneInfo.FindSystemTimeZoneById("America/New_York")).ValueOf("timestamp", "9999-12-31 23:59:59"));

    [Fact]
    public void DATETIME_knows_no_zone() =>
        Assert.Equal("1529476623000", new SerializerFixture(zone: TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).ValueOf("datetime", "2018-06-20 06:37:03"));

    [Theory]
    [InlineData("enum('a','it''s','co,mma','back\\slash','')", "2", "\"it's\"")]
    [InlineData("enum('a','it''s','co,mma','back\\slash','')", "3", "\"co\\\\,mma\"")]
    [InlineData("ENUM('a', 'it''s', 'co,mma', 'back\\slash')", "4", "\"back\\\\\\\\slash\"")]
    [InlineData("enum('a','b')", "0", "\"\"")]
    [InlineData("enum('(unsigned)')", "1", "\"(unsigned)\"")]
    [InlineData("set('x','y','z')", "5", "\"x,z\"")]
    [InlineData("set('x','y,y')", "2", "\"y\\\\,y\"")]
    [InlineData("set('x','y','z')", "0", "\"\"")]
    public void ENUM_and_SET_are_labels_with_comma_and_backslash_escaped(string type, string value, string json) => Assert.Equal(json, _fixture.ValueOf(type, value));

    [Theory]
    [InlineData("binary(4)", "ab", "\"YWIAAA==\"")]
    [InlineData("binary(3)", "", "\"AAAA\"")]
    [InlineData("varbinary(10)", "ab", "\"YWI=\"")]
    [InlineData("blob", "\u0089PNG", "\"iVBORw==\"")]
    [InlineData("longblob", "", "\"\"")]
    [InlineData("varbinary(5)", "\u00ff\u00fb\u0000\u0010\u00bf", "\"//sAEL8=\"")]
    public void Binary_is_base64_and_BINARY_is_padded(string type, string value, string json) => Assert.Equal(json, _fixture.ValueOf(type, value));

    [Fact]
    public void Long_binary_is_one_base64_text()
    {
        byte[] bytes = [.. Enumerable.Range(0, 5000).Select(static i => (byte)(i * 7))];

        Assert.Equal($"\"{Convert.ToBase64String(bytes)}\"", _fixture.ValueOf("longblob", System.Text.Encoding.Latin1.GetString(bytes)));
    }

    [Theory]
    [InlineData("{\"a\": 1, \"b\": [1, 2.5, null, true]}", "{\"a\":1,\"b\":[1,2.5,null,true]}")]
    [InlineData("1.0E10", "10000000000")]
    [InlineData("-1.0E-7", "-0.0000000999999999999999954748111825886258685613938723690807819366455078125")]
    [InlineData("100.0", "100.0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("\"a: b, c\"", "\"a: b, c\"")]
    [InlineData("\"\\u0001 \\u007f \\u00a0 \\n \\\" \\\\ /\"", "\"\\u0001 \u007f \u00a0 \\n \\\" \\\\ /\"")]
    [InlineData("null", "null")]
    [InlineData("[]", "[]")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("12345678901234567890.125", "12345678901234567890.125")]
    public void JSON_is_printed_without_blanks_and_with_Debeziums_numbers(string value, string document)
    {
        string json = _fixture.ValueOf("json", value);

        Assert.Equal(document, System.Text.Json.JsonSerializer.Deserialize<string>(json));
    }

    [Fact]
    public void MariaDBs_JSON_is_the_text_itself_which_Canal_sends_as_bytes()
    {
        using var fixture = new SerializerFixture(SourceKind.MariaDb);

        Assert.Equal("\"{ \\\"é\\\" :  1e3 }\"", fixture.ValueOf("JSON", Latin1("{ \"é\" :  1e3 }")));
    }

    [Theory]
    [InlineData("TEXT(50)")]
    [InlineData("LONG VARCHAR")]
    public void Text_that_Canal_took_for_binary_is_a_text_again(string type) => Assert.Equal("\"é表\"", _fixture.ValueOf(type, Latin1("é表")));

    [Theory]
    [InlineData("-1", "-1")]
    [InlineData("7", "7")]
    public void SERIAL_is_unsigned_though_Canal_reads_it_signed(string value, string json) => Assert.Equal(json, _fixture.ValueOf("SERIAL", value));

    [Fact]
    public void SERIAL_of_all_digits_is_the_unsigned_number()
    {
        using var fixture = new SerializerFixture(new SerializationSettings { TopicPrefix = "bridge", UnsignedBigIntHandling = UnsignedBigIntHandling.Precise });

        Assert.Equal("\"AP//////////\"", fixture.ValueOf("SERIAL", "-1"));
    }

    [Theory]
    [InlineData("{\"quote\"\": 1}", "{\"quote\\\"\":1}")]
    [InlineData("{\"a\"b\": \"x: \\\"y\\\"\", \"c\": {\"\"\": []}}", "{\"a\\\"b\":\"x: \\\"y\\\"\",\"c\":{\"\\\"\":[]}}")]
    [InlineData("{\"back\\slash\": 1, \"line\nfeed\": 2}", "{\"back\\\\slash\":1,\"line\\nfeed\":2}")]
    public void Name_in_JSON_that_Canal_did_not_escape_is_escaped(string value, string document) =>
        Assert.Equal(document, System.Text.Json.JsonSerializer.Deserialize<string>(_fixture.ValueOf("json", value)));

    [Theory]
    [InlineData("{\"a\": \"b\": 1}")]
    [InlineData("{\"a\": 1")]
    [InlineData("[1, 2}")]
    [InlineData("[1 2]")]
    [InlineData("{\"a\": 1,}")]
    [InlineData("{\"a\", \"b\": 1} x")]
    public void JSON_that_Canal_broke_passes_as_the_text_it_is_and_is_counted(string value)
    {
        Assert.Equal(value, System.Text.Json.JsonSerializer.Deserialize<string>(_fixture.ValueOf("json", value)));
        Assert.Equal(1, _fixture.Write(EntryBuilder.Insert(new Cell("c", "json", value))).DamagedValues);
    }

    [Fact]
    public void JSON_of_no_bytes_is_null_where_the_column_takes_NULL() => Assert.Equal("null", _fixture.ValueOf("json", ""));

    [Fact]
    public void JSON_of_no_bytes_is_an_empty_object_where_the_column_takes_no_NULL()
    {
        _fixture.Write(EntryBuilder.Statement(Canal.Client.Entries.CanalEventType.Create, isDdl: true, "CREATE TABLE orders (c JSON NOT NULL)"));

        Assert.Equal("\"{}\"", _fixture.ValueOf("json", ""));
    }

    [Theory]
    [InlineData("geometry")]
    [InlineData("linestring")]
    [InlineData("geomcollection")]
    public void Geometry_is_WKB_and_SRID(string type)
    {
        byte[] value = [0xe6, 0x10, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0];

        Assert.Equal("{\"wkb\":\"AQcAAAAAAAAA\",\"srid\":4326}", _fixture.ValueOf(type, System.Text.Encoding.Latin1.GetString(value)));
    }

    [Fact]
    public void Point_also_has_its_coordinates()
    {
        byte[] value = [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];

        Assert.Equal(
            "{\"x\":1.0,\"y\":1.0,\"wkb\":\"AQEAAAAAAAAAAADwPwAAAAAAAPA/\",\"srid\":null}", _fixture.ValueOf("point", System.Text.Encoding.Latin1.GetString(value)));
    }

    [Fact]
    public void Uuid_is_padded_on_the_left_as_Debezium_does() =>
        Assert.Equal("\"00000000-0000-0000-0000-000000414243\"", _fixture.ValueOf("uuid", "ABC"));

    private static string Latin1(string text) => System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("int(11)", "2147483999")]
    [InlineData("int(11)", "1.5")]
    [InlineData("int(11)", "")]
    [InlineData("int(11)", "+1")]
    [InlineData("int(11)", "01")]
    [InlineData("bigint", "9999999999999999999")]
    [InlineData("bigint unsigned", "-1")]
    [InlineData("decimal(4,2)", "123.45")]
    [InlineData("decimal(4,2)", "1.234")]
    [InlineData("decimal(18,18)", "9.5")]
    [InlineData("decimal(4,2)", "-")]
    [InlineData("decimal(4,2)", ".")]
    [InlineData("double", "NaN")]
    [InlineData("bit(3)", "8")]
    [InlineData("date", "2023-02-29")]
    [InlineData("date", "2023-2-9")]
    [InlineData("datetime", "2024-01-01 24:00:00")]
    [InlineData("datetime", "2024-01-01")]
    [InlineData("time", "1:00:00")]
    [InlineData("time", "00:60:00")]
    [InlineData("year", "abcd")]
    [InlineData("enum('a')", "2")]
    [InlineData("set('a')", "2")]
    [InlineData("json", "JSON_REPLACE(`c`, '$.a', 1)")]
    [InlineData("json", "\"open")]
    [InlineData("json", "1-2")]
    [InlineData("json", "nul")]
    [InlineData("blob", "\u0100")]
    [InlineData("geometry", "abc")]
    [InlineData("point", "\u0000\u0000\u0000\u0000\u0001")]
    [InlineData("inet6", "abc")]
    public void Value_that_does_not_fit_is_refused_without_showing_it(string type, string value)
    {
        var exception = Assert.Throws<UnmappableValueException>(() => _fixture.ValueOf(type, value));

        Assert.Contains("column c of shop.orders", exception.Message, StringComparison.Ordinal);
        Assert.Contains(type, exception.Message, StringComparison.Ordinal);
        if (value.Length > 4)
        {
            Assert.DoesNotContain(value, exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("int(11)")]
    [InlineData("geometry")]
    [InlineData("inet6")]
    [InlineData("json")]
    public void NULL_is_null_in_every_type(string type) => Assert.Equal("null", _fixture.ValueOf(type, null));
}
