namespace CanalBridge.DeployTests.Helm;

/// <summary>Files of the chart that are made from others: with UPDATE_CHART=1 the tests write them anew before they compare.</summary>
internal static class Chart
{
    public static void Update(string file, Func<string, string> rewrite)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_CHART") == "1")
        {
            string path = Path.Combine(HelmTool.Chart, file);
            File.WriteAllText(path, rewrite(File.Exists(path) ? File.ReadAllText(path) : ""));
        }
    }
}
