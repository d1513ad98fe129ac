namespace CanalBridge.Serialization.UnitTests;

public sealed class NamePatternTests
{
    private const string Hostile = "shop.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";

    [Fact]
    public void Name_made_to_hold_up_an_expression_does_not()
    {
        Assert.True(NameFilter.TryParse(@"shop\.(a+)+", includes: true, out NameFilter? filter));

        Assert.False(filter.Passes(Hostile));
    }

    [Fact]
    public void Expression_that_cannot_be_matched_in_one_pass_ends_with_its_option_and_the_name()
    {
        Assert.True(NameFilter.TryParse(@"shop\.(?!b)(a+)+", includes: true, out NameFilter? filter, "Source:TableIncludeList"));

        Assert.True(filter.Passes("shop.aaa"));
        string message = Assert.Throws<NamePatternException>(() => filter.Passes(Hostile)).Message;

        Assert.StartsWith("Source:TableIncludeList: ", message, StringComparison.Ordinal);
        Assert.Contains(Hostile, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"shop\.(?<a>o)rders", "SHOP.Orders", true)]
    [InlineData(@"shop\.o(?=r).*", "shop.orders", true)]
    [InlineData(@"(.)\1op\..*", "shop.orders", false)]
    [InlineData(@"shop\.orders|items", "shop.items", false)]
    public void Expressions_mean_the_same_in_both_ways(string pattern, string name, bool passes)
    {
        Assert.True(NameFilter.TryParse(pattern, includes: true, out NameFilter? filter));

        Assert.Equal(passes, filter.Passes(name));
    }
}
