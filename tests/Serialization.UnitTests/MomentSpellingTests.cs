using CanalBridge.Serialization.Envelopes.Debezium;

namespace CanalBridge.Serialization.UnitTests;

/// <summary>Spellings that MySQL and MariaDB take in a DEFAULT; texts of other forms stay as they are.</summary>
public sealed class MomentSpellingTests
{
    [Theory]
    [InlineData("2020-01-02 10:11:12", "2020-01-02")]
    [InlineData("2020-01-02", "2020-01-02")]
    public void Date_stands_without_its_time(string text, string expected) => Assert.Equal(expected, MomentSpelling.Date(text));

    [Theory]
    [InlineData("2020-1-2 3:4:5", "2020-01-02 03:04:05")]
    [InlineData("2020/01/02 03.04.05", "2020-01-02 03:04:05")]
    [InlineData("2020-01-02T03:04:05", "2020-01-02 03:04:05")]
    [InlineData("2020-01-02 03:04:05.6", "2020-01-02 03:04:05.6")]
    [InlineData("2020-01-02 03:04", "2020-01-02 03:04")]
    [InlineData("2020-1-2", "2020-01-02")]
    [InlineData("20200102030405", "20200102030405")]
    [InlineData("now", "now")]
    public void Timestamp_gets_two_digits_and_the_usual_marks(string text, string expected) => Assert.Equal(expected, MomentSpelling.Timestamp(text));

    [Theory]
    [InlineData("-1:02:03", "-01:02:03")]
    [InlineData("10:20", "10:20:00")]
    [InlineData("2020-01-02 10:20:30", "10:20:30")]
    [InlineData("838:59:59.5", "838:59:59.5")]
    [InlineData("102030", "102030")]
    public void Time_stands_without_a_date_with_all_its_parts(string text, string expected) => Assert.Equal(expected, MomentSpelling.Time(text));

    [Theory]
    [InlineData(0, 2000)]
    [InlineData(69, 2069)]
    [InlineData(70, 1970)]
    [InlineData(2020, 2020)]
    public void Year_of_two_digits_is_between_1970_and_2069(long year, long expected) => Assert.Equal(expected, MomentSpelling.Year(year));
}
