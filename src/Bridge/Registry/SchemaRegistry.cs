using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using CanalBridge.Options;
using CanalBridge.Serialization;
using CanalBridge.Telemetry;
using CanalBridge.Waiting;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Registry;

/// <summary>Registers schemas, or looks them up: once per subject and schema.</summary>
/// <remarks>
/// One per destination, for all its Kafka producers: what was asked in a transaction that is given up is known when the batch comes again. An id
/// never changes, so nothing takes it back; 10,000 are kept, the least recently used go first.
/// </remarks>
internal sealed class SchemaRegistry : ISchemaIds, IDisposable
{
    /// <summary>Bound on one answer: the loop stands meanwhile, an open Kafka transaction with it.</summary>
    private static readonly TimeSpan MostPerAnswer = TimeSpan.FromSeconds(5);

    private const int MostIds = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly RegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IWaitWitness? _witness;
    private readonly CachedSchemaRegistryClient _client;
    private readonly RecentAnswers<(string Subject, string Digest), int> _ids = new(MostIds);

    /// <param name="options">Where it is.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Log.</param>
    /// <param name="witness">Told while it is asked; null for nobody.</param>
    public SchemaRegistry(RegistryOptions options, TimeProvider time, ILogger logger, IWaitWitness? witness = null)
    {
        _witness = witness;
        _options = options;
        _time = time;
        _logger = logger;
        _client = Client(options);
    }

    /// <summary>A client with these options' address, login and certificates.</summary>
    public static CachedSchemaRegistryClient Client(RegistryOptions options)
    {
        var config = new SchemaRegistryConfig
        {
            Url = options.Url,
            RequestTimeoutMs = (int)MostPerAnswer.TotalMilliseconds,

            // Tried again here, where the stop is heard and the bound is known. With 0 the client sends nothing at all.
            MaxRetries = 1,
            RetriesWaitMs = 1,
            RetriesMaxWaitMs = 1,
            SslCaLocation = options.SslCaLocation,
            SslKeystoreLocation = options.SslKeystoreLocation,
            SslKeystorePassword = options.SslKeystorePassword,
        };
        return options.Username is { } user
            ? new CachedSchemaRegistryClient(config, new BasicAuthenticationHeaderValueProvider(user, options.Password))
            : new CachedSchemaRegistryClient(config);
    }

    /// <summary>Null where records are not in Avro.</summary>
    public static SchemaRegistry? Create(BridgeOptions options, TimeProvider time, ILogger logger, IWaitWitness? witness = null) =>
        options.Envelope.Traits.NeedsRegistry ? new SchemaRegistry(options.Registry, time, logger, witness) : null;

    /// <inheritdoc />
    /// <exception cref="RegistryException">It did not answer within Registry:Timeout, or refused.</exception>
    public int IdOf(string subject, string schema, CancellationToken cancellationToken = default)
    {
        // A schema may have many kilobytes.
        (string, string) question = (subject, Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(schema))));
        if (!_ids.TryGet(question, out int id))
        {
            id = AskUntilAnswered(subject, schema, cancellationToken);
            _ids.Keep(question, id);
        }

        return id;
    }

    private int AskUntilAnswered(string subject, string schema, CancellationToken cancellationToken)
    {
        var patience = new Patience(_time, _witness, _options.Timeout, cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Also where each answer comes at once: a batch may need hundreds.
            _witness?.Alive();
            try
            {
                int id = Ask(subject, schema, cancellationToken);
                Log.SchemaKnown(_logger, subject, id);
                return id;
            }
            catch (Exception e) when (IsPassing(e) && !patience.IsOver)
            {
                if (patience.Turn($"The schema registry gives no id for subject {subject}: {Reason(e)}"))
                {
                    Log.RegistrySilent(_logger, subject, Reason(e), _options.Timeout);
                }

                patience.Pause(Pause);
            }
            catch (Exception e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new RegistryException(subject, _options.Url!, Reason(e), Remedy(e), e);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private int Ask(string subject, string schema, CancellationToken cancellationToken)
    {
        var avro = new Schema(schema, SchemaType.Avro);
        Task<int> asking = _options.AutoRegister ? _client.RegisterSchemaAsync(subject, avro) : _client.GetSchemaIdAsync(subject, avro);

        // Where it is left behind, nobody else hears how it ends.
        _ = asking.ContinueWith(static asked => asked.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

        // The client's own bound is not kept where a server accepts the request and keeps silent.
        TimeSpan bound = _options.Timeout < MostPerAnswer ? _options.Timeout : MostPerAnswer;
        return asking.WaitAsync(bound, _time, cancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>No answer, one that says to come back, or one that is none of a registry's (a proxy before it): everything but a refusal.</summary>
    private static bool IsPassing(Exception e) => e switch
    {
        SchemaRegistryException refusal => refusal.Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError,
        _ => true,
    };

    private static string Reason(Exception e) => e switch
    {
        SchemaRegistryException refusal => string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)refusal.Status}, {refusal.Message}"),
        OperationCanceledException or TimeoutException => "no answer in time",
        _ when e.InnerException is { } cause => $"{e.Message} {cause.Message}",
        _ => e.Message,
    };

    private string Remedy(Exception e) => e switch
    {
        SchemaRegistryException { Status: HttpStatusCode.Conflict } =>
            "It is not compatible with what the subject had before. Set the subject's compatibility to what its readers can take (NONE takes everything), then start the bridge again.",
        SchemaRegistryException { Status: HttpStatusCode.Unauthorized } => "Set Registry:Username and Registry:PasswordFile to a login that it knows.",
        SchemaRegistryException { Status: HttpStatusCode.Forbidden } => $"Give the login of Registry:Username the right to {(_options.AutoRegister ? "write" : "read")} the subject.",
        SchemaRegistryException { Status: HttpStatusCode.NotFound } when !_options.AutoRegister =>
            "Registry:AutoRegister is false, so the schema must be registered before, word for word what the bridge would register; or set Registry:AutoRegister to true.",
        SchemaRegistryException { Status: HttpStatusCode.UnprocessableEntity } => "It takes the schema for invalid: see whether a database, table or prefix has a name that Avro does not take (docs/avro.md), and report it otherwise.",
        SchemaRegistryException refusal when !IsPassing(refusal) => "See that Registry:Url is a schema registry.",
        _ => $"It was asked for {_options.Timeout:c} (Registry:Timeout). See that Registry:Url is right and that it runs, then start the bridge again.",
    };
}
