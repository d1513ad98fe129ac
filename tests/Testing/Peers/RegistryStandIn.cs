using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CanalBridge.Testing.Peers;

/// <summary>A schema registry on loopback that speaks the documented REST interface as far as the bridge and its readers use it.</summary>
internal sealed class RegistryStandIn : IAsyncDisposable
{
    private const string MediaType = "application/vnd.schemaregistry.v1+json";

    private readonly HttpListener _listener = new();
    private readonly Task _serving;
    private readonly List<string> _schemas = [];
    private readonly Dictionary<string, List<int>> _subjects = [];
    private readonly CancellationTokenSource _stop = new();

    public RegistryStandIn()
    {
        Url = Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Url { get; }

    /// <summary>What was asked, as method and path, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>User and password that it wants, as <c>user:password</c>; null for everybody.</summary>
    public string? Login { get; set; }

    /// <summary>Answers that it gives before it works: status, error code, text.</summary>
    public ConcurrentQueue<(int Status, int Code, string Text)> Failures { get; } = new();

    /// <summary>Answers of something that is no registry, before all others: status, text.</summary>
    public ConcurrentQueue<(int Status, string Text)> Bodies { get; } = new();

    /// <summary>How long every answer takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Schemas of a subject, oldest first.</summary>
    public string[] SchemasOf(string subject)
    {
        lock (_schemas)
        {
            return _subjects.TryGetValue(subject, out List<int>? ids) ? [.. ids.Select(id => _schemas[id - 1])] : [];
        }
    }

    public string[] Subjects
    {
        get
        {
            lock (_schemas)
            {
                return [.. _subjects.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Close();
        await _serving;
        _stop.Dispose();
    }

    /// <summary>Takes a free port; between looking and listening another process may take it.</summary>
    private string Start()
    {
        while (true)
        {
            string url = $"http://127.0.0.1:{FreePort.Next()}/";
            try
            {
                _listener.Prefixes.Add(url);
                _listener.Start();
                return url.TrimEnd('/');
            }
            catch (HttpListenerException)
            {
                _listener.Prefixes.Clear();
            }
        }
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                // A wait that begins while the listener is being closed never ends by itself.
                HttpListenerContext context = await _listener.GetContextAsync().WaitAsync(_stop.Token);
                await AnswerAsync(context).WaitAsync(_stop.Token);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or OperationCanceledException)
            {
                // It was closed, or the caller did not wait.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        string body = await reader.ReadToEndAsync();
        string path = context.Request.Url!.AbsolutePath;
        Requests.Enqueue($"{context.Request.HttpMethod} {path}");
        await Task.Delay(Delay, _stop.Token);
        (int status, string answer) = Bodies.TryDequeue(out (int Status, string Text) other) ? other
            : Failures.TryDequeue(out (int Status, int Code, string Text) failure) ? (failure.Status, Error(failure.Code, failure.Text))
            : IsKnown(context.Request.Headers["Authorization"]) ? Answer(context.Request.HttpMethod, path.Split('/', StringSplitOptions.RemoveEmptyEntries), body)
            : (401, Error(401, "Unauthorized"));
        context.Response.StatusCode = status;
        context.Response.ContentType = MediaType;
        byte[] bytes = Encoding.UTF8.GetBytes(answer);
        context.Response.ContentLength64 = bytes.Length;
        await context.Response.OutputStream.WriteAsync(bytes, _stop.Token);
        context.Response.Close();
    }

    private bool IsKnown(string? authorization) => Login is null || authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Login))}";

    private (int Status, string Body) Answer(string method, string[] path, string body)
    {
        lock (_schemas)
        {
            return (method, path) switch
            {
                ("POST", ["subjects", var subject, "versions"]) => Register(Uri.UnescapeDataString(subject), SchemaIn(body)),
                ("POST", ["subjects", var subject]) => LookUp(Uri.UnescapeDataString(subject), SchemaIn(body)),
                ("GET", ["schemas", "ids", var id]) => Get(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture)),
                _ => (404, Error(404, "HTTP 404 Not Found")),
            };
        }
    }

    private (int Status, string Body) Register(string subject, string schema)
    {
        int id = _schemas.IndexOf(schema) + 1;
        if (id == 0)
        {
            _schemas.Add(schema);
            id = _schemas.Count;
        }

        _subjects.TryAdd(subject, []);
        if (!_subjects[subject].Contains(id))
        {
            _subjects[subject].Add(id);
        }

        return (200, new JsonObject { ["id"] = id }.ToJsonString());
    }

    private (int Status, string Body) LookUp(string subject, string schema)
    {
        if (!_subjects.TryGetValue(subject, out List<int>? ids))
        {
            return (404, Error(40401, $"Subject '{subject}' not found."));
        }

        int version = ids.FindIndex(id => _schemas[id - 1] == schema);
        return version < 0
            ? (404, Error(40403, "Schema not found"))
            : (200, new JsonObject { ["subject"] = subject, ["version"] = version + 1, ["id"] = ids[version], ["schema"] = schema }.ToJsonString());
    }

    private (int Status, string Body) Get(int id) =>
        id > 0 && id <= _schemas.Count ? (200, new JsonObject { ["schema"] = _schemas[id - 1] }.ToJsonString()) : (404, Error(40403, $"Schema {id} not found"));

    private static string SchemaIn(string body)
    {
        using var request = JsonDocument.Parse(body);
        return request.RootElement.GetProperty("schema").GetString()!;
    }

    private static string Error(int code, string text) => new JsonObject { ["error_code"] = code, ["message"] = text }.ToJsonString();
}
