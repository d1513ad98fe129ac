using System.Security.Cryptography;
using System.Text;

namespace CanalBridge.Http;

/// <summary>The page for people: one HTML document with its style and its script in it, and the policy that lets a browser run those two and nothing else.</summary>
internal static class StatusPage
{
    /// <summary>The document.</summary>
    public static byte[] Html { get; } = Read();

    /// <summary>Value of <c>Content-Security-Policy</c>.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src {HashOf("style")}; script-src {HashOf("script")}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static byte[] Read()
    {
        using Stream resource = typeof(StatusPage).Assembly.GetManifestResourceStream("status.html")!;
        var html = new byte[resource.Length];
        resource.ReadExactly(html);
        return html;
    }

    private static string HashOf(string element)
    {
        string html = Encoding.UTF8.GetString(Html), open = $"<{element}>", close = $"</{element}>";
        int from = html.IndexOf(open, StringComparison.Ordinal) + open.Length;
        byte[] text = Encoding.UTF8.GetBytes(html[from..html.IndexOf(close, from, StringComparison.Ordinal)]);
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(text))}'";
    }
}
