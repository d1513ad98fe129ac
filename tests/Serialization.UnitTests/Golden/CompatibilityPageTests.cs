namespace CanalBridge.Serialization.UnitTests.Golden;

public sealed class CompatibilityPageTests
{
    private const string Begin = "<!-- from known-differences.json -->\n", End = "\n<!-- end -->";

    [Fact]
    public void Page_shows_the_list_that_the_comparison_reads()
    {
        string path = Path.Combine(GoldenFiles.RepositoryRoot ?? throw new DirectoryNotFoundException("The folder of Bridge.sln."), "docs", "compatibility.md");
        string page = File.ReadAllText(path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        string wanted = page[..begin] + KnownDifferences.Load().ToMarkdown() + page[page.IndexOf(End, StringComparison.Ordinal)..];

        // Mends the page, so that the next run passes; this one tells that it was out of date.
        if (wanted != page)
        {
            File.WriteAllText(path, wanted);
        }

        Assert.Equal(wanted, page);
    }
}
