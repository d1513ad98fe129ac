using System.Globalization;
using System.Text;
using Canal.Client.Testing;
using CanalBridge.Loop;
using CanalBridge.Loop.Publish;
using CanalBridge.Options;
using CanalBridge.Positions;
using CanalBridge.Serialization;
using CanalBridge.Telemetry;
using CanalBridge.Waiting;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Commands.Demo;

/// <summary>One demonstration: stand-in Canal → the bridge's own loop → stand-in Kafka → an ordinary consumer → the terminal.</summary>
internal sealed class DemoRun(double rate, int repeat, bool json)
{
    private const string Recording = "shop.frames";

    private long _records;
    private long _tombstones;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync("Demo: a Canal stand-in replays recorded changes, and the broker is a stand-in inside this process. The loop between them is the one of `run`.");
        using ILoggerFactory logs = LoggerFactory.Create(builder => builder.AddBridgeConsole(LogLevel.Error));
        await using var canal = new FakeCanalServer("shop") { EntriesPerSecond = rate };
        long rows;
        await using (Stream recording = typeof(DemoRun).Assembly.GetManifestResourceStream(Recording)!)
        {
            rows = await canal.LoadAsync(recording, repeat, cancellationToken);
            canal.Complete();
        }

        BridgeOptions options = Options(canal);
        DemoReader reader = null!;
        using var kafka = new StandInKafka([options.PositionTopic, options.TablesTopic], (topic, partitions) => reader.Add(topic, partitions));
        options.Kafka.BootstrapServers = kafka.BootstrapServers;
        await using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        await using var text = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true);
        bool watched = rate > 0 || !Console.IsOutputRedirected;
        var printer = new RecordPrinter(text, colours: !Console.IsOutputRedirected);
        var lines = new RecordLines(output);
        reader = new DemoReader(options, record =>
        {
            _records++;
            _tombstones += record.Message.Value is null ? 1 : 0;
            if (json)
            {
                lines.Write(record.Topic, record.Message);
            }
            else
            {
                printer.Print(record.Topic, record.Message);
                text.Flush();
            }

            // Somebody watches, or the records come one by one: show each at once.
            if (watched)
            {
                output.Flush();
            }
        });

        long started = TimeProvider.System.GetTimestamp();
        long transactions = 0;
        using var bridgeDone = new CancellationTokenSource();
        Task reading = Task.Run(() => reader.Run(bridgeDone.Token), CancellationToken.None);
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            var witness = new DestinationWitness(options.Canal.Destination!, Guid.NewGuid(), TimeProvider.System, logs.CreateLogger<Destination>());
            witness.WhenCommitted += () => Interlocked.Increment(ref transactions);
            var destination = new Destination(
                options, new ConfluentProducerFactory(options, logs.CreateLogger<ConfluentProducer>()), kafka,
                new PositionStore(options, witness, TimeProvider.System, logs.CreateLogger<PositionStore>()), witness, TimeProvider.System, logs.CreateLogger<Destination>());
            Task bridge = Task.Run(() => destination.RunAsync(stop.Token), CancellationToken.None);
            await Task.WhenAny(canal.Drained, bridge, Task.Delay(Timeout.Infinite, cancellationToken));
            await stop.CancelAsync();
            await bridge;
        }

        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(started);
        await bridgeDone.CancelAsync();
        await reading;
        await text.FlushAsync(CancellationToken.None);
        string from = canal.Drained.IsCompletedSuccessfully ? $"{rows} rows became" : "Stopped before the end:";
        double recordRate = _records / elapsed.TotalSeconds;
        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{from} {_records} records ({_tombstones} tombstones) in {transactions} Kafka transactions, {elapsed.TotalSeconds:F1} s: {recordRate:F0} records/s."));
        return ExitCode.Success;
    }

    private static BridgeOptions Options(FakeCanalServer canal) => new()
    {
        Canal = { Endpoints = canal.Endpoint.ToString(), Destination = canal.Destination },
        Source = { Kind = SourceKind.MariaDb },
        Topics = { Prefix = "demo" },
    };
}
