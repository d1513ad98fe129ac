using CanalBridge.Options;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Http;

/// <summary>One port for probes, metrics and people.</summary>
internal static class HttpSide
{
    /// <summary>Opens the port, before anything else is touched: null if <c>Http:Port</c> is 0.</summary>
    /// <param name="options">Section <c>Http</c>.</param>
    /// <param name="status">What is told there.</param>
    /// <param name="loggers">Receives Kestrel's warnings.</param>
    /// <param name="cancellationToken">Ends the wait for the port.</param>
    /// <returns>Closes the port when disposed: after the loop has ended.</returns>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">It cannot listen there; the message says what to change.</exception>
    /// <remarks>Names no type of ASP.NET, so that a bridge without a port loads none of its assemblies.</remarks>
    public static async Task<IAsyncDisposable?> StartAsync(HttpOptions options, StatusSource status, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        options.Port == 0 ? null : await StatusServer.StartAsync(options, status, loggers, cancellationToken);
}
