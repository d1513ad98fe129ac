using System.Net;
using System.Net.Sockets;
using System.Text;
using CanalBridge.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace CanalBridge.Http;

/// <summary>Kestrel and nothing around it: no routing, no configuration of its own, no signals; six paths, to be read only.</summary>
/// <remarks>There is no login, and any Host header is answered: the port must not be reachable from outside the cluster.</remarks>
internal sealed class StatusServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly MeterProvider _metrics;
    private readonly StatusSource _status;

    private StatusServer(HttpOptions options, StatusSource status, ILoggerFactory loggers)
    {
        _status = status;
        _metrics = MetricsPage.Create(status.Program.Version);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "canal-bridge", EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.AddSingleton<ILoggerFactory>(_ => new KestrelsLoggers(loggers));
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        _application = builder.Build();
        _application.Use(GuardAsync);
        _application.UseOpenTelemetryPrometheusScrapingEndpoint(
            _metrics, static context => context.Request.Path == "/metrics", path: null, configureBranchedPipeline: null, optionsName: null);
        _application.Run(AnswerAsync);
    }

    /// <exception cref="OptionsValidationException">It cannot listen there.</exception>
    public static async Task<StatusServer> StartAsync(HttpOptions options, StatusSource status, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var server = new StatusServer(options, status, loggers);
        try
        {
            await server._application.StartAsync(cancellationToken);
            return server;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await server.DisposeAsync();
            throw CannotListen(options, e);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        _metrics.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, HttpOptions options)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;

        // A scraper, a few probes and a few people: what goes beyond is a mistake or an attack, and memory here is taken from the loop.
        limits.MaxConcurrentConnections = 200;
        limits.MaxRequestBodySize = 0;
        limits.MaxRequestLineSize = 2048;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);

        // Idle ones make room soon: a probe must get through.
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        switch (options.Address)
        {
            case "*":
                kestrel.ListenAnyIP(options.Port, UseHttp1);
                break;
            case "localhost":
                kestrel.ListenLocalhost(options.Port, UseHttp1);
                break;
            default:
                // The options' validator has refused what is none.
                kestrel.Listen(IPAddress.Parse(options.Address), options.Port, UseHttp1);
                break;
        }
    }

    private static void UseHttp1(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;

    private static OptionsValidationException CannotListen(HttpOptions options, Exception fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            switch ((cause as SocketException)?.SocketErrorCode)
            {
                case SocketError.AddressAlreadyInUse:
                    return Mistake($"Http:Port is {options.Port} but another process listens there (Http:Address is '{options.Address}'); choose another port, or 0 for none.");
                case SocketError.AddressNotAvailable:
                    return Mistake($"Http:Address is '{options.Address}' but this host has no such address; use * for all of its addresses.");
                case SocketError.AccessDenied:
                    return Mistake($"Http:Port is {options.Port} but this user may not listen there; choose a port above 1023.");
            }
        }

        return Mistake($"Http:Port is {options.Port} and Http:Address '{options.Address}' but nothing can listen there: {fault.Message}");
    }

    private static OptionsValidationException Mistake(string text) => new(nameof(BridgeOptions), typeof(BridgeOptions), [text]);

    /// <summary>Headers for every answer; only readers come further.</summary>
    private static Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            return next(context);
        }

        headers.Allow = "GET, HEAD";
        return WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "Only GET and HEAD.\n");
    }

    private Task AnswerAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/livez":
                return WriteProbeAsync(context, Probes.WhyNotLive(_status));
            case "/readyz":
                return WriteProbeAsync(context, Probes.WhyNotReady(_status));
            case "/healthz":
                return WriteProbeAsync(context, Probes.WhyNotLive(_status).Concat(Probes.WhyNotReady(_status)));
            case "/status":
                return WriteAsync(context, StatusCodes.Status200OK, "application/json", StatusReport.Write(_status));
            case "/":
                context.Response.Headers.ContentSecurityPolicy = StatusPage.Policy;
                return WriteAsync(context, StatusCodes.Status200OK, "text/html; charset=utf-8", StatusPage.Html);
            default:
                return WriteAsync(context, StatusCodes.Status404NotFound, "There are /, /status, /metrics, /livez, /readyz and /healthz.\n");
        }
    }

    private static Task WriteProbeAsync(HttpContext context, IEnumerable<string> reasons)
    {
        string text = string.Join('\n', reasons);
        return text.Length == 0
            ? WriteAsync(context, StatusCodes.Status200OK, "ok\n")
            : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, text + "\n");
    }

    private static Task WriteAsync(HttpContext context, int code, string text) =>
        WriteAsync(context, code, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    private static Task WriteAsync(HttpContext context, int code, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>The host around Kestrel logs a failed start with its whole stack; our message says the same in one line.</summary>
    private sealed class KestrelsLoggers(ILoggerFactory loggers) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal) ? NullLogger.Instance : loggers.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

        public void Dispose()
        {
            // They are the bridge's.
        }
    }

    /// <summary>Signals belong to the bridge's own host, which ends this one last.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
