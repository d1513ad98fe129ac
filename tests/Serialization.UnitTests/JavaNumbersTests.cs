using System.Globalization;
using System.Text;
using CanalBridge.Serialization.Output;
using CanalBridge.Serialization.Values;
using CsCheck;

namespace CanalBridge.Serialization.UnitTests;

public sealed class JavaNumbersTests
{
    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1, "1.0")]
    [InlineData(100, "100.0")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.00099, "9.9E-4")]
    [InlineData(9999999.5, "9999999.5")]
    [InlineData(1e7, "1.0E7")]
    [InlineData(1.23456789125e8, "1.23456789125E8")]
    [InlineData(1e-4, "1.0E-4")]
    [InlineData(1e21, "1.0E21")]
    [InlineData(-1.5e300, "-1.5E300")]
    [InlineData(double.Epsilon, "4.9E-324")]
    [InlineData(double.MaxValue, "1.7976931348623157E308")]
    [InlineData(3.140000104904175, "3.140000104904175")]
    public void Double_prints_as_in_Java(double value, string text) => Assert.Equal(text, Print(value));

    [Theory]
    [InlineData(3.14f, "3.14")]
    [InlineData(12345.12345f, "12345.123")]
    [InlineData(1.6777216e7f, "1.6777216E7")]
    [InlineData(float.Epsilon, "1.4E-45")]
    public void Float_prints_as_in_Java(float value, string text) => Assert.Equal(text, Print(value));

    [Fact]
    public void Every_double_is_read_back_and_has_Javas_form() => Gen.Double.Where(double.IsFinite).Sample(static value =>
    {
        string text = Print(value);

        Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
        Assert.True(JavaNumbers.IsJavaText(Encoding.ASCII.GetBytes(text)), text);
    });

    [Fact]
    public void Every_float_is_read_back_and_has_Javas_form() => Gen.Float.Where(float.IsFinite).Sample(static value =>
    {
        string text = Print(value);

        Assert.Equal(value, float.Parse(text, CultureInfo.InvariantCulture));
        Assert.True(JavaNumbers.IsJavaText(Encoding.ASCII.GetBytes(text)), text);
    });

    [Theory]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("01.5")]
    [InlineData("1.0E")]
    [InlineData("1.0E+7")]
    [InlineData("1.0e7")]
    [InlineData("1.0 ")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("-")]
    public void Other_texts_are_not_Javas(string text) => Assert.False(JavaNumbers.IsJavaText(Encoding.ASCII.GetBytes(text)));

    private static string Print(double value)
    {
        using var buffer = new RecordBuffer();
        var output = new RecordOutput(buffer);
        JavaNumbers.WriteDouble(ref output, value);
        output.Flush();
        return Encoding.ASCII.GetString(buffer.Slice(new ByteRange(0, buffer.LengthBytes)));
    }

    private static string Print(float value)
    {
        using var buffer = new RecordBuffer();
        var output = new RecordOutput(buffer);
        JavaNumbers.WriteFloat(ref output, value);
        output.Flush();
        return Encoding.ASCII.GetString(buffer.Slice(new ByteRange(0, buffer.LengthBytes)));
    }
}
