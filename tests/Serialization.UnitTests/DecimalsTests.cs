using System.Globalization;
using System.Numerics;
using CsCheck;

namespace CanalBridge.Serialization.UnitTests;

public sealed class DecimalsTests
{
    private readonly SerializerFixture _fixture = new();

    [Theory]
    [InlineData("0.00", "AA==")]
    [InlineData("123.45", "MDk=")]
    [InlineData("1.28", "AIA=")]
    [InlineData("-1.00", "nA==")]
    [InlineData("-1.28", "gA==")]
    [InlineData("99999999.99", "AlQL4/8=")]
    [InlineData("-99999999.99", "/av0HAE=")]
    [InlineData("0.0", "AA==")]
    [InlineData("1.0", "ZA==")]
    [InlineData("-0.01", "/w==")]
    public void Decimal_is_base64_of_the_unscaled_value(string value, string base64) => Assert.Equal($"\"{base64}\"", _fixture.ValueOf("decimal(10,2)", value));

    [Fact]
    public void Decimal_without_arguments_has_ten_digits_and_no_scale() => Assert.Equal("\"BQ==\"", _fixture.ValueOf("DECIMAL", "5"));

    [Fact]
    public void Groups_of_zeros_that_Canal_leaves_out_are_made_up() =>
        Assert.Equal(_fixture.ValueOf("decimal(30,15)", "1.000000000000000"), _fixture.ValueOf("decimal(30,15)", "1.000000000"));

    [Fact]
    public void Every_value_equals_BigInteger() =>
        Gen.Select(Gen.Int[1, 65], Gen.Int[0, 30], Gen.ULong.Array[4], Gen.Bool).Sample((precision, scale, limbs, negative) =>
        {
            scale = Math.Min(scale, precision);
            BigInteger unscaled = limbs.Aggregate(BigInteger.Zero, static (sum, limb) => (sum << 64) + limb) % BigInteger.Pow(10, precision);
            string digits = unscaled.ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
            string text = (negative ? "-" : "") + digits[..^scale] + (scale > 0 ? "." + digits[^scale..] : "");
            BigInteger expected = negative ? -unscaled : unscaled;

            string json = new SerializerFixture().ValueOf($"decimal({precision},{scale})", text);

            Assert.Equal($"\"{Convert.ToBase64String(expected.ToByteArray(isUnsigned: false, isBigEndian: true))}\"", json);
        });
}
