using System.Text;

namespace CanalBridge.Serialization.UnitTests.Avro;

/// <summary>Fields byte by byte, worked out by hand from the Avro specification. Each begins with 02: the second branch of the union with null.</summary>
public sealed class AvroValueTests : IDisposable
{
    private readonly AvroFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("int(11)", "0", "0200")]
    [InlineData("int(11)", "-1", "0201")]
    [InlineData("int(11)", "1", "0202")]
    [InlineData("int(11)", "-64", "027f")]
    [InlineData("int(11)", "64", "028001")]
    [InlineData("int(11)", "2147483647", "02feffffff0f")]
    [InlineData("smallint(6)", "-32768", "02ffff03")]
    [InlineData("bigint(20)", "9223372036854775807", "02feffffffffffffffff01")]
    [InlineData("bigint(20)", "-9223372036854775808", "02ffffffffffffffffff01")]
    [InlineData("bigint(20) unsigned", "18446744073709551615", "0201")]
    [InlineData("year(4)", "2023", "02ce1f")]
    [InlineData("year(4)", "0000", "02d81d")]
    [InlineData("date", "1970-01-02", "0202")]
    [InlineData("time", "-00:00:00.000001", "0201")]
    [InlineData("datetime(1)", "1969-12-31 23:59:59.5", "02e707")]
    [InlineData("datetime(6)", "1970-01-01 00:00:00.000064", "028001")]
    public void Whole_numbers_are_zigzag_varints(string type, string value, string field) => Assert.Equal(field, _fixture.FieldOf(type, value));

    [Theory]
    [InlineData("float", "1.0", "020000803f")]
    [InlineData("double", "1.0", "02000000000000f03f")]
    [InlineData("double", "-0.0", "020000000000000080")]
    [InlineData("float(5,2)", "3.14", "0200000060b81e0940")]
    public void Floats_are_little_endian(string type, string value, string field) => Assert.Equal(field, _fixture.FieldOf(type, value));

    [Theory]
    [InlineData("bit(1)", "1", "0201")]
    [InlineData("bit(1)", "0", "0200")]
    [InlineData("bit(10)", "513", "02040102")]
    public void Bits_are_a_boolean_or_little_endian_bytes(string type, string value, string field) => Assert.Equal(field, _fixture.FieldOf(type, value));

    [Theory]
    [InlineData("decimal(10,2)", "0.0", "020200")]
    [InlineData("decimal(10,2)", "123.45", "02043039")]
    [InlineData("decimal(10,2)", "1.28", "02040080")]
    [InlineData("decimal(10,2)", "-1.28", "020280")]
    [InlineData("decimal(10,2)", "-99999999.99", "020afdabf41c01")]
    [InlineData("decimal(20,0)", "18446744073709551615", "021200ffffffffffffffff")]
    public void Decimals_are_the_unscaled_bytes(string type, string value, string field) => Assert.Equal(field, _fixture.FieldOf(type, value));

    [Theory]
    [InlineData("varchar(9)", "", "0200")]
    [InlineData("varchar(9)", "foo", "0206666f6f")]
    [InlineData("varchar(9)", "\"\n\u0001\\", "0208220a015c")]
    [InlineData("varchar(9)", "é\U0001F600", "020cc3a9f09f9880")]
    [InlineData("enum('a','it''s')", "2", "020869742773")]
    [InlineData("enum('a','co,mma')", "2", "020e636f5c2c6d6d61")]
    [InlineData("enum('a')", "0", "0200")]
    [InlineData("set('x','y','z')", "5", "0206782c7a")]
    [InlineData("set('x')", "0", "0200")]
    [InlineData("json", "{\"a\": 1}", "020e7b2261223a317d")]
    [InlineData("json", "\"\\u0001\\n\U0001F600\"", "021c225c75303030315c6ef09f988022")]
    [InlineData("timestamp", "2026-08-22 13:18:05", "0228323032362d30382d32325431333a31383a30355a")]
    public void Texts_are_their_UTF_8_without_escapes(string type, string value, string field) => Assert.Equal(field, _fixture.FieldOf(type, value));

    [Fact]
    public void Length_of_a_long_text_takes_several_bytes()
    {
        Assert.Equal("028001" + string.Concat(Enumerable.Repeat("61", 64)), _fixture.FieldOf("text", new string('a', 64)));
        Assert.StartsWith("02c0843d", _fixture.FieldOf("json", $"\"{new string('a', 499_998)}\""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("binary(4)", "ab", "020861620000")]
    [InlineData("varbinary(5)", "\u00ff\u0000\u0080", "0206ff0080")]
    [InlineData("blob", "", "0200")]
    public void Binary_is_bytes_and_BINARY_is_padded(string type, string value, string field) => Assert.Equal(field, _fixture.FieldOf(type, value));

    [Fact]
    public void Geometry_is_WKB_and_SRID()
    {
        byte[] value = [0xe6, 0x10, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0];

        Assert.Equal("02" + "12" + "010700000000000000" + "02cc43", _fixture.FieldOf("geometry", Encoding.Latin1.GetString(value)));
    }

    [Fact]
    public void Point_also_has_its_coordinates()
    {
        byte[] value = [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0xf0, 0xbf];

        Assert.Equal(
            "02" + "000000000000f03f" + "000000000000f0bf" + "022a" + "0101000000000000000000f03f000000000000f0bf" + "00",
            _fixture.FieldOf("point", Encoding.Latin1.GetString(value)));
    }

    [Theory]
    [InlineData("int(11)")]
    [InlineData("datetime")]
    [InlineData("geometry")]
    [InlineData("inet6")]
    public void NULL_is_the_branch_of_null(string type) => Assert.Equal("00", _fixture.FieldOf(type, null));

    [Fact]
    public void Key_column_is_no_union() => Assert.Equal("02", _fixture.FieldOf("int(11)", "1", isKey: true));

    [Theory]
    [InlineData("date", "0000-00-00")]
    [InlineData("datetime", "0000-00-00 00:00:00")]
    public void Zero_date_is_null_or_in_a_key_the_epoch(string type, string value)
    {
        Assert.Equal("00", _fixture.FieldOf(type, value));
        Assert.Equal("00", _fixture.FieldOf($"{type} ", value, isKey: true));
    }

    [Theory]
    [InlineData(DecimalHandling.String, "decimal(5,2)", "1.5", "0208312e3530")]
    [InlineData(DecimalHandling.Double, "decimal(5,2)", "1.5", "02000000000000f83f")]
    [InlineData(DecimalHandling.Numeric, "decimal(5,2)", "1.5", "02040096")]
    public void Decimal_modes_hold(DecimalHandling mode, string type, string value, string field)
    {
        using var fixture = new AvroFixture(settings => settings with { DecimalHandling = mode });

        Assert.Equal(field, fixture.FieldOf(type, value));
    }

    [Theory]
    [InlineData(BinaryHandling.Base64, "02082f2f73" + "41")]
    [InlineData(BinaryHandling.Base64UrlSafe, "02085f5f73" + "41")]
    [InlineData(BinaryHandling.Hex, "020c666666623030")]
    public void Binary_modes_hold(BinaryHandling mode, string field)
    {
        using var fixture = new AvroFixture(settings => settings with { BinaryHandling = mode });

        Assert.Equal(field, fixture.FieldOf("varbinary(5)", "\u00ff\u00fb\u0000"));
    }

    [Theory]
    [InlineData("json", "", "00")]
    [InlineData("json", "{\"a\"\": 1}", "02127b22615c22223a317d")]
    [InlineData("json", "{\"a\": ", "020c7b2261223a20")]
    [InlineData("TEXT(50)", "\u00c3\u00a9", "0204c3a9")]
    [InlineData("SERIAL", "-1", "0201")]
    public void Value_that_Canal_changed_is_read_as_what_it_is(string type, string value, string field) => Assert.Equal(field, _fixture.FieldOf(type, value));

    [Theory]
    [InlineData(UnfitValue.Null, "date", "2024-02-30", "00")]
    [InlineData(UnfitValue.Null, "json", "J", "00")]
    [InlineData(UnfitValue.Text, "json", "J", "02024a")]
    [InlineData(UnfitValue.Text, "enum('a')", "7", "020237")]
    public void Value_that_fits_no_type_is_written_as_chosen(UnfitValue choice, string type, string value, string field)
    {
        using var fixture = new AvroFixture(settings => settings with { UnfitValues = new UnfitValues { Date = choice, Json = choice, Label = choice } });

        Assert.Equal(field, fixture.FieldOf(type, value));
    }

    [Theory]
    [InlineData(TimePrecision.Connect, "date", "1970-01-03", "0204")]
    [InlineData(TimePrecision.Connect, "time", "00:00:00.001", "0202")]
    [InlineData(TimePrecision.Connect, "time", "-00:00:01", "00")]
    [InlineData(TimePrecision.Connect, "datetime(6)", "1970-01-01 00:00:00.001999", "0202")]
    [InlineData(TimePrecision.Nanoseconds, "time", "00:00:00.000001", "02d00f")]
    [InlineData(TimePrecision.Nanoseconds, "datetime", "1970-01-01 00:00:00.000001", "02d00f")]
    [InlineData(TimePrecision.Microseconds, "datetime", "1970-01-01 00:00:00.001", "02d00f")]
    [InlineData(TimePrecision.IsoString, "date", "2018-06-20", "0216323031382d30362d32305a")]
    [InlineData(TimePrecision.IsoString, "date", "0000-00-00", "00")]
    [InlineData(TimePrecision.IsoString, "time", "17:51:04", "021231373a35313a30345a")]
    [InlineData(TimePrecision.IsoString, "time", "-00:00:01", "00")]
    public void Time_modes_hold(TimePrecision mode, string type, string value, string field)
    {
        using var fixture = new AvroFixture(settings => settings with { TimePrecision = mode });

        Assert.Equal(field, fixture.FieldOf(type, value));
    }

    [Fact]
    public void Unsigned_bigint_may_be_precise()
    {
        using var fixture = new AvroFixture(settings => settings with { UnsignedBigIntHandling = UnsignedBigIntHandling.Precise });

        Assert.Equal("021200ffffffffffffffff", fixture.FieldOf("bigint(20) unsigned", "18446744073709551615"));
    }

    [Theory]
    [InlineData("int(11)", "2147483999")]
    [InlineData("int(11)", "1.5")]
    [InlineData("bigint", "9999999999999999999")]
    [InlineData("bigint unsigned", "-1")]
    [InlineData("decimal(4,2)", "123.45")]
    [InlineData("double", "NaN")]
    [InlineData("float", "x")]
    [InlineData("bit(3)", "8")]
    [InlineData("date", "2023-02-29")]
    [InlineData("datetime", "2024-01-01 24:00:00")]
    [InlineData("time", "1:00:00")]
    [InlineData("year", "abcd")]
    [InlineData("enum('a')", "2")]
    [InlineData("set('a')", "2")]
    [InlineData("blob", "\u0100")]
    [InlineData("geometry", "abc")]
    [InlineData("point", "\u0000\u0000\u0000\u0000\u0001")]
    [InlineData("inet6", "abc")]
    public void Value_that_does_not_fit_is_refused(string type, string value) =>
        Assert.Contains("column c of shop.orders", Assert.Throws<UnmappableValueException>(() => _fixture.FieldOf(type, value)).Message, StringComparison.Ordinal);

    [Fact]
    public void NULL_that_no_branch_takes_is_refused_as_such() =>
        Assert.Contains("got NULL", Assert.Throws<UnmappableValueException>(() => _fixture.FieldOf("int(11)", null, isKey: true)).Message, StringComparison.Ordinal);
}
