// Mirror BROKERS GROUP TARGET TOPIC... keeps the tables of the target equal to those of the source.
//
// TARGET is a MySqlConnector connection string with the database; the tables are there already (mysqldump --no-data), with the
// primary keys of the source and no other unique keys. TOPIC may be ^REGEX. The bridge runs with its default `Envelope` options.
//
// 1. Take records until there are enough or nothing is waiting.
// 2. Apply them in one transaction of the target.
// 3. Commit their offsets.
// A crash between 2 and 3 brings the records of 2 again. Rows are put in and deleted by their key, and each record has the whole
// row, so that they change nothing in the end.
using System.Runtime.InteropServices;
using Confluent.Kafka;
using Mirror;
using MySqlConnector;

const int EnoughRecords = 1000;
TimeSpan nothingWaiting = TimeSpan.FromMilliseconds(100);

if (args.Length < 4)
{
    await Console.Error.WriteLineAsync("Usage: Mirror BROKERS GROUP TARGET TOPIC...");
    return 2;
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    await using var target = new TargetDatabase(args[2]);
    await target.OpenAsync();
    using IConsumer<byte[]?, byte[]?> consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
    {
        BootstrapServers = args[0],
        GroupId = args[1],
        SessionTimeoutMs = 6_000, // after a crash the next process waits this long for the partitions
        IsolationLevel = IsolationLevel.ReadCommitted,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = false,
        TopicMetadataRefreshIntervalMs = 10_000, // a new table's topic is read this soon
    }).Build();
    consumer.Subscribe(args[3..]);
    while (!stop.IsCancellationRequested)
    {
        List<ConsumeResult<byte[]?, byte[]?>> records = Take(consumer);
        if (records.Count > 0)
        {
            await target.ApplyAsync(records.Select(record => RowChange.Read(record)).OfType<RowChange>());
            consumer.Commit(records.GroupBy(record => record.TopicPartition)
                .Select(partition => new TopicPartitionOffset(partition.Key, partition.Last().Offset + 1, partition.Last().LeaderEpoch)));
            await Console.Error.WriteLineAsync($"{records.Count} records applied");
        }
    }

    consumer.Close();
    return 0;
}
catch (Exception e) when (e is InvalidDataException or MySqlException or KafkaException)
{
    // Nothing is lost: what was not committed comes again at the next start.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

List<ConsumeResult<byte[]?, byte[]?>> Take(IConsumer<byte[]?, byte[]?> consumer)
{
    var records = new List<ConsumeResult<byte[]?, byte[]?>>();
    while (records.Count < EnoughRecords && !stop.IsCancellationRequested)
    {
        try
        {
            if (consumer.Consume(nothingWaiting) is not { } record)
            {
                break;
            }

            records.Add(record);
        }
        catch (ConsumeException e) when (e.Error.Code == ErrorCode.UnknownTopicOrPart)
        {
            // The first row of a table makes its topic.
        }
    }

    return records;
}
