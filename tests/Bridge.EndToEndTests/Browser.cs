using System.Diagnostics;
using System.Text.Json;
using CanalBridge.Testing;
using CanalBridge.Testing.Peers;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace CanalBridge.EndToEndTests;

/// <summary>Chromium without a window, on one page.</summary>
internal sealed class Browser : IDisposable
{
    private const string HowToGet = "apt-get install --no-install-recommends chromium chromium-driver";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("canal-bridge-browser-");
    private readonly ChromeDriverService _service;
    private readonly ChromeDriver _driver;

    public Browser()
    {
        string chromium = Tools.Find("chromium", "CHROMIUM", HowToGet), driver = Tools.Find("chromedriver", "CHROMEDRIVER", HowToGet);
        var options = new ChromeOptions { BinaryLocation = chromium };

        // Without these it looks for updates and calls home, which a closed network refuses and the log of requests would show.
        options.AddArguments(
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-dev-shm-usage", "--lang=en", $"--user-data-dir={_profile.FullName}");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        options.SetLoggingPreference("performance", LogLevel.All);
        _service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(driver)!, Path.GetFileName(driver));
        _service.SuppressInitialDiagnosticInformation = true;
        _driver = new ChromeDriver(_service, options, Limit);
    }

    /// <summary>What the page wrote to its console as an error.</summary>
    public IReadOnlyList<string> ConsoleErrors => [.. _driver.Manage().Logs.GetLog(LogType.Browser).Where(static e => e.Level >= LogLevel.Warning).Select(static e => e.Message)];

    public string Language => (string)_driver.ExecuteScript("return document.documentElement.lang")!;

    /// <summary>Whether something is wider than the window.</summary>
    public bool ScrollsSideways => (bool)_driver.ExecuteScript("return document.documentElement.scrollWidth > document.documentElement.clientWidth")!;

    public void Open(Uri page) => _driver.Navigate().GoToUrl(page);

    /// <summary>A window of this size in CSS pixels.</summary>
    public void Resize(int width, int height, bool isPhone) => _driver.ExecuteCdpCommand(
        "Emulation.setDeviceMetricsOverride", new Dictionary<string, object?> { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = isPhone });

    /// <summary>Text of the element with <c>data-field=NAME</c>, or null if there is none.</summary>
    public string? Text(string field) =>
        (string?)_driver.ExecuteScript("const e = document.querySelector(`[data-field=${arguments[0]}]`); return e && e.textContent", field);

    /// <summary>Waits until a field's text is as wanted.</summary>
    public async Task<string> WaitForAsync(string field, Func<string, bool> wanted, Func<string> onTimeout)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            string? text = Text(field);
            if (text is not null && wanted(text))
            {
                return text;
            }

            if (Stopwatch.GetElapsedTime(began) > Limit)
            {
                throw new InvalidOperationException($"The page still shows '{text}' as {field} after {Limit}. {onTimeout()}");
            }

            await Task.Delay(100);
        }
    }

    /// <summary>Addresses that pages asked for since the last look.</summary>
    public IReadOnlyList<string> Requests()
    {
        var urls = new List<string>();
        foreach (LogEntry entry in _driver.Manage().Logs.GetLog("performance"))
        {
            using var log = JsonDocument.Parse(entry.Message);
            JsonElement message = log.RootElement.GetProperty("message");
            if (message.GetProperty("method").GetString() != "Network.requestWillBeSent")
            {
                continue;
            }

            // The tab that a browser begins with is its own affair.
            JsonElement request = message.GetProperty("params");
            if (!request.GetProperty("documentURL").GetString()!.StartsWith("chrome://", StringComparison.Ordinal))
            {
                urls.Add(request.GetProperty("request").GetProperty("url").GetString()!);
            }
        }

        return urls;
    }

    /// <summary>The window as a picture, kept under artifacts.</summary>
    public void Capture(string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts")).FullName;
        _driver.GetScreenshot().SaveAsFile(Path.Combine(folder, name));
    }

    public void Dispose()
    {
        _driver.Dispose();
        _service.Dispose();
        _profile.Delete(recursive: true);
    }
}
