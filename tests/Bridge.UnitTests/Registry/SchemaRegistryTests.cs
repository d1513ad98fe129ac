using System.Collections.Concurrent;
using CanalBridge.Options;
using CanalBridge.Registry;
using CanalBridge.Testing;
using CanalBridge.Testing.Peers;
using Microsoft.Extensions.Logging.Testing;

namespace CanalBridge.UnitTests.Registry;

/// <summary>The client against a stand-in of the registry's documented interface.</summary>
public sealed class SchemaRegistryTests : IAsyncDisposable
{
    private const string Subject = "shop.inventory.orders-value", Schema = """{"type":"record","name":"Envelope","namespace":"shop.inventory.orders","fields":[]}""";

    private readonly RegistryStandIn _standIn = new();
    private readonly FakeLogCollector _logs = new();

    public ValueTask DisposeAsync() => _standIn.DisposeAsync();

    [Fact]
    public void Schema_is_registered_under_its_subject()
    {
        using SchemaRegistry registry = Registry();

        Assert.Equal(1, registry.IdOf(Subject, Schema));
        Assert.Equal(2, registry.IdOf("shop.inventory.orders-key", "\"int\""));
        Assert.Equal([Schema], _standIn.SchemasOf(Subject));
        Assert.Equal([$"POST /subjects/{Subject}/versions", "POST /subjects/shop.inventory.orders-key/versions"], _standIn.Requests);
        Assert.Equal([3020, 3020], _logs.GetSnapshot().Select(static line => line.Id.Id));
    }

    [Fact]
    public void Same_schema_is_asked_for_once()
    {
        using SchemaRegistry registry = Registry();

        Assert.Equal(1, registry.IdOf(Subject, Schema));
        Assert.Equal(1, registry.IdOf(Subject, Schema));
        Assert.Equal(1, registry.IdOf("another", Schema));
        Assert.Equal(2, _standIn.Requests.Count);
        Assert.Equal([3020, 3020], _logs.GetSnapshot().Select(static line => line.Id.Id));
    }

    [Fact]
    public void Registered_schema_is_looked_up_where_none_may_be_registered()
    {
        using (SchemaRegistry first = Registry())
        {
            first.IdOf("another", "\"int\"");
            first.IdOf(Subject, Schema);
        }

        using SchemaRegistry registry = Registry(static options => options.AutoRegister = false);

        Assert.Equal(2, registry.IdOf(Subject, Schema));
        Assert.Equal($"POST /subjects/{Subject}", _standIn.Requests.Last());
    }

    [Fact]
    public void Schema_that_is_not_there_and_may_not_be_registered_ends_the_bridge_with_the_way_out()
    {
        using SchemaRegistry registry = Registry(static options => options.AutoRegister = false);

        RegistryException fault = Refused(registry);

        Assert.Contains("HTTP 404", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Registry:AutoRegister is false", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_standIn.Subjects);
    }

    [Fact]
    public void Login_is_sent_and_a_colon_in_the_password_is_part_of_it()
    {
        _standIn.Login = "bridge:se:cret";
        using SchemaRegistry registry = Registry(static options => (options.Username, options.Password) = ("bridge", "se:cret"));

        Assert.Equal(1, registry.IdOf(Subject, Schema));
    }

    [Fact]
    public void Wrong_login_ends_the_bridge_at_once_and_is_not_shown()
    {
        _standIn.Login = "bridge:other";
        using SchemaRegistry registry = Registry(static options => (options.Username, options.Password) = ("bridge", "hidden"));

        RegistryException fault = Refused(registry);

        Assert.Contains("HTTP 401", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Registry:PasswordFile", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault + string.Concat(_logs.GetSnapshot().Select(static line => line.Message)), StringComparison.Ordinal);
        Assert.Single(_standIn.Requests);
    }

    [Theory]
    [InlineData(409, 409, "Schema being registered is incompatible with an earlier schema", "compatibility")]
    [InlineData(422, 42201, "Invalid schema", "Avro does not take")]
    [InlineData(403, 40301, "Forbidden", "right to write")]
    [InlineData(404, 404, "HTTP 404 Not Found", "See that Registry:Url is a schema registry")]
    public void Refusal_ends_the_bridge_at_once_with_subject_reason_and_remedy(int status, int code, string text, string remedy)
    {
        _standIn.Failures.Enqueue((status, code, text));
        using SchemaRegistry registry = Registry();

        RegistryException fault = Refused(registry);

        Assert.Contains($"subject {Subject}", fault.Message, StringComparison.Ordinal);
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, fault.Message, StringComparison.Ordinal);
        Assert.Single(_standIn.Requests);
    }

    [Theory]
    [InlineData(500, 50001)]
    [InlineData(503, 503)]
    [InlineData(429, 429)]
    public void Registry_in_trouble_is_asked_again(int status, int code)
    {
        _standIn.Failures.Enqueue((status, code, "Error in the backend data store"));
        using SchemaRegistry registry = Registry();

        Assert.Equal(1, registry.IdOf(Subject, Schema));
        Assert.Equal([3021, 3020], _logs.GetSnapshot().Select(static line => line.Id.Id));
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "<html>")]
    [InlineData(502, "<html>")]
    public void Answer_of_somebody_else_ends_the_bridge_with_what_to_look_at(int status, string body)
    {
        _standIn.Bodies.Enqueue((status, body));
        using SchemaRegistry registry = Registry(static options => options.Timeout = TimeSpan.Zero);

        Assert.Contains("See that Registry:Url is", Refused(registry).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Registry_that_is_too_slow_is_given_up_after_the_timeout()
    {
        _standIn.Delay = TimeSpan.FromSeconds(30);
        using SchemaRegistry registry = Registry(static options => options.Timeout = TimeSpan.FromMilliseconds(200));

        Assert.Contains("no answer in time", Refused(registry).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_that_was_given_up_leaves_no_unheard_fault()
    {
        const string text = "The end of a request that was given up";
        var unheard = new ConcurrentQueue<string>();
        void Hear(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.ToString().Contains(text, StringComparison.Ordinal))
            {
                unheard.Enqueue(e.Exception.ToString());
            }
        }

        TaskScheduler.UnobservedTaskException += Hear;
        try
        {
            _standIn.Failures.Enqueue((422, 42201, text));
            _standIn.Delay = TimeSpan.FromMilliseconds(500);
            using SchemaRegistry registry = Registry(static options => options.Timeout = TimeSpan.FromMilliseconds(100));
            Assert.Contains("no answer in time", Refused(registry).Message, StringComparison.Ordinal);

            // The client itself leaves one for each request that fails: a sign that this one has.
            for (int i = 0, after = 0; i < 100 && after < 5; i++)
            {
                after += unheard.IsEmpty ? 0 : 1;
                await Task.Delay(50, TestContext.Current.CancellationToken);
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Hear;
        }

        Assert.True(unheard.Count <= 1, string.Join('\n', unheard));
    }

    [Fact]
    public void Registry_that_cannot_be_reached_ends_the_bridge_after_the_timeout()
    {
        using SchemaRegistry registry = Registry(static options => (options.Url, options.Timeout) = ("http://127.0.0.1:1", TimeSpan.FromMilliseconds(1500)));

        RegistryException fault = Refused(registry);

        Assert.Contains("http://127.0.0.1:1", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Registry:Timeout", fault.Message, StringComparison.Ordinal);
        Assert.Equal(3021, Assert.Single(_logs.GetSnapshot()).Id.Id);
    }

    [Fact]
    public void Second_address_is_asked_where_the_first_does_not_answer()
    {
        using SchemaRegistry registry = Registry(options => options.Url = $"http://127.0.0.1:1,{_standIn.Url}");

        Assert.Equal(1, registry.IdOf(Subject, Schema));
    }

    [Fact]
    public void Stop_ends_the_asking_at_once()
    {
        using SchemaRegistry registry = Registry();

        Assert.Throws<OperationCanceledException>(() => registry.IdOf(Subject, Schema, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Stop_ends_the_wait_for_an_answer()
    {
        _standIn.Delay = TimeSpan.FromSeconds(30);
        using SchemaRegistry registry = Registry(static options => options.Timeout = TimeSpan.FromMinutes(1));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Assert.ThrowsAny<OperationCanceledException>(() => registry.IdOf(Subject, Schema, stop.Token));
        Assert.Empty(_logs.GetSnapshot());
    }

    [Fact]
    public void Wait_for_the_registry_is_told_with_its_reason()
    {
        _standIn.Failures.Enqueue((503, 503, "Not now"));
        var witness = new FakeWitness();
        using var registry = new SchemaRegistry(new RegistryOptions { Url = _standIn.Url }, TimeProvider.System, new FakeLogger(_logs), witness);

        registry.IdOf(Subject, Schema);

        Assert.True(witness.Turns >= 2);
        Assert.Contains(Subject, Assert.Single(witness.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_without_a_registry_are_counted_and_the_same_for_the_same_schema()
    {
        var ids = new LocalSchemaIds();

        Assert.Equal([0, 1, 0], new[] { ids.IdOf("a", "x"), ids.IdOf("b", "y"), ids.IdOf("c", "x") });
    }

    private static RegistryException Refused(SchemaRegistry registry)
    {
        var fault = Assert.Throws<RegistryException>(() => registry.IdOf(Subject, Schema));
        Assert.Equal(ExitCode.Registry, ExitCode.Of(fault));
        return fault;
    }

    private SchemaRegistry Registry(Action<RegistryOptions>? change = null)
    {
        var options = new RegistryOptions { Url = _standIn.Url };
        change?.Invoke(options);
        return new SchemaRegistry(options, TimeProvider.System, new FakeLogger(_logs));
    }
}
