using Canal.Client.Entries;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace CanalBridge.Telemetry;

/// <summary>Every message an operator can see. Ids by where the first of a group began (2000 fetch, 3000 map, 4000 publish and Kafka, 5000 settle, 9000 lifetime); never changed or reused.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "Reading destination {Destination} from {Endpoint} after {Position}")]
    public static partial void Reading(ILogger logger, string destination, string endpoint, string position);

    [LoggerMessage(2002, LogLevel.Warning, "Lost the Canal session of destination {Destination}: {Reason} (connecting again; the position is held)")]
    public static partial void CanalSessionLost(ILogger logger, string destination, string reason);

    [LoggerMessage(2004, LogLevel.Warning, "Destination {Destination}: another reader takes batches away: stop it. If it acknowledged any, the changes behind {Position}, up to the first one read from here on, are missing in Kafka; a bridge that stands by acknowledges none. See \"Another consumer\" in docs/commands.md")]
    public static partial void OtherConsumer(ILogger logger, string destination, string position);

    [LoggerMessage(2003, LogLevel.Information, "Dropped {Rows} rows of destination {Destination} that were already published: Canal delivered them again. New rows go on at {Position}")]
    public static partial void DuplicatesDropped(ILogger logger, long rows, string destination, string position);

    [LoggerMessage(2005, LogLevel.Warning, "Destination {Destination}: Canal sent the rest of a transaction without its beginning, at {Position}: it lost the source and forgot part of what it had read. Nothing from there on is published or acknowledged until the whole transaction comes. Set canal.instance.parser.parallel=false: with true Canal may lose rows so that nobody can see it")]
    public static partial void TransactionTorn(ILogger logger, string destination, string position);

    [LoggerMessage(3001, LogLevel.Information, "Destination {Destination}: the statement at {Position} on {Table} ({EventType}) passed without a record; later rows follow the new definition")]
    public static partial void DdlPassed(ILogger logger, string destination, string position, string table, CanalEventType eventType);

    [LoggerMessage(3014, LogLevel.Information, "Destination {Destination}: the statement at {Position} on {Table} ({EventType}) was published; later rows follow the new definition")]
    public static partial void DdlPublished(ILogger logger, string destination, string position, string table, CanalEventType eventType);

    [LoggerMessage(3002, LogLevel.Error, "Destination {Destination}: statement-format change at {Position} on {Table}: its rows are not in the binlog and cannot be published. Set binlog_format=ROW on the source")]
    public static partial void StatementDml(ILogger logger, string destination, string position, string table);

    [LoggerMessage(3003, LogLevel.Warning, "Destination {Destination}: text of {Table} holds U+FFFD, or JSON that does not parse, first at {Position}: a column is not UTF-8, or a UUID of MariaDB, or a name in the JSON holds a quotation mark, and Canal destroyed it. Convert the column to utf8mb4, a UUID to BINARY(16); canal_bridge.damaged_values counts on")]
    public static partial void DamagedText(ILogger logger, string destination, string table, string position);

    [LoggerMessage(3004, LogLevel.Warning, "Tables {First} and {Second} share topic {Topic}: their names differ only in characters that a topic cannot hold")]
    public static partial void TopicShared(ILogger logger, string first, string second, string topic);

    [LoggerMessage(3013, LogLevel.Warning, "Route {Route} sends tables {First} and {Second} to topic {Topic}: their rows with the same key are one key there, so compaction and consumers that keep rows by key merge them. It is well if the tables are parts of one")]
    public static partial void TopicSharedByRoute(ILogger logger, string route, string first, string second, string topic);

    [LoggerMessage(3005, LogLevel.Warning, "Destination {Destination}: the statement at {Position} could not be read, so the definition of {Table} is unknown from there on: its rows are written by what they show themselves (key only by PRIMARY KEY, no defaults). Nothing is lost; please report the statement")]
    public static partial void StatementUnread(ILogger logger, string destination, string position, string table);

    [LoggerMessage(3008, LogLevel.Warning, "Destination {Destination}: the definition of {Table} is not known (it was made before the bridge, or does not fit its rows). Its key is the primary key in table order, or null, and NULL stays NULL. Source:ConnectionString lets the bridge ask for it; set it early: where the order differs or a unique key serves, it changes the key of the rows from then on")]
    public static partial void TableUndefined(ILogger logger, string destination, string table);

    [LoggerMessage(3012, LogLevel.Warning, "Destination {Destination}: a mask covers {Columns}, which hold no text and stand in the clear, as in Debezium. Source:ColumnExcludeList leaves them out")]
    public static partial void ColumnsUnmasked(ILogger logger, string destination, string columns);

    [LoggerMessage(3015, LogLevel.Warning, "Destination {Destination}: values of {Table} fit no type, first at {Position}; NULL or their text is published in their place, as Delivery:UnfitValue says. canal_bridge.damaged_values counts on")]
    public static partial void ValueUnfit(ILogger logger, string destination, string table, string position);

    [LoggerMessage(3016, LogLevel.Warning, "Destination {Destination}: Canal gave the columns of {Table} other names than the statements did, first at {Position}: it lags behind a statement and reads definitions as they are now. Names, types and key are taken from the statements. Canal's table history (canal.instance.tsdb.enable=true) avoids this")]
    public static partial void ColumnsPutRight(ILogger logger, string destination, string table, string position);

    [LoggerMessage(3006, LogLevel.Information, "Asked the source for the definition of {Table}")]
    public static partial void TableAsked(ILogger logger, string table);

    [LoggerMessage(3009, LogLevel.Warning, "The source says it is {Version}, but Source:Kind is {Kind}: the records imitate the wrong one of Debezium's connectors")]
    public static partial void KindContradicted(ILogger logger, string version, string kind);

    [LoggerMessage(3010, LogLevel.Warning, "The source does not tell the definition of {Table}: {Reason}. It is asked again for up to {Timeout}; nothing is delivered meanwhile")]
    public static partial void SourceSilent(ILogger logger, string table, string reason, TimeSpan timeout);

    [LoggerMessage(3011, LogLevel.Warning, "The source cannot be asked for table definitions: {Reason}. The bridge starts, and stops at the first row of a table of which nothing is known; mend Source:ConnectionString or the source before")]
    public static partial void SourceUnreachable(ILogger logger, string reason);

    [LoggerMessage(3020, LogLevel.Information, "The schema of subject {Subject} has id {SchemaId}")]
    public static partial void SchemaKnown(ILogger logger, string subject, int schemaId);

    [LoggerMessage(3021, LogLevel.Warning, "The schema registry gives no id for subject {Subject}: {Reason}. It is asked again for up to {Timeout}; nothing is delivered meanwhile")]
    public static partial void RegistrySilent(ILogger logger, string subject, string reason, TimeSpan timeout);

    [LoggerMessage(3007, LogLevel.Warning, "The source has no table {Table} any more: its older rows are written by what they show themselves (key only by PRIMARY KEY, no defaults)")]
    public static partial void TableGone(ILogger logger, string table);

    [LoggerMessage(4001, LogLevel.Information, "Fenced {TransactionalId}: this process alone writes for destination {Destination}")]
    public static partial void FenceUp(ILogger logger, string transactionalId, string destination);

    [LoggerMessage(4002, LogLevel.Warning, "Waiting for Kafka at {BootstrapServers} since {Seconds:F0} s: {Reason}. It is unreachable, refuses the login, or still ends an older transaction (a partition below min.insync.replicas holds it up)")]
    public static partial void WaitingForFence(ILogger logger, string bootstrapServers, double seconds, string reason);

    [LoggerMessage(4003, LogLevel.Warning, "Kafka at {BootstrapServers} does not confirm the commit for destination {Destination} since {Seconds:F0} s: {Reason}. Waiting; nothing is lost, rows are late")]
    public static partial void CommitRetried(ILogger logger, string bootstrapServers, string destination, double seconds, string reason);

    [LoggerMessage(4004, LogLevel.Warning, "Kafka at {BootstrapServers} does not confirm the abort for destination {Destination} since {Seconds:F0} s: {Reason}. It is unreachable, or a touched partition is below min.insync.replicas and needs its replicas back. Nothing is lost, rows are late")]
    public static partial void AbortWaits(ILogger logger, string bootstrapServers, string destination, double seconds, string reason);

    [LoggerMessage(4005, LogLevel.Warning, "Abort for destination {Destination} failed: {Reason}")]
    public static partial void AbortFailed(ILogger logger, string destination, string reason);

    [LoggerMessage(4006, LogLevel.Warning, "{Reason} Starting a new producer for destination {Destination} in {Delay}; the committed position decides what is sent again, nothing is lost")]
    public static partial void Recycling(ILogger logger, string reason, string destination, TimeSpan delay);

    [LoggerMessage(4007, LogLevel.Warning, "Topic {Topic} has records that are neither committed nor aborted: another producer writes to it. Give each transactional id its own topics for position and tables")]
    public static partial void TopicSharedByProducers(ILogger logger, string topic);

    [LoggerMessage(4008, LogLevel.Information, "Created topic {Topic}")]
    public static partial void TopicCreated(ILogger logger, string topic);

    [LoggerMessage(4009, LogLevel.Warning, "Cannot read max.message.bytes of {Topic}: {Code}. If it is below 1,000,000, set Kafka:ProducerSettings:batch.size to at most that, or grant DESCRIBE_CONFIGS")]
    public static partial void RecordLimitUnknown(ILogger logger, string topic, ErrorCode code);

    [LoggerMessage(4010, LogLevel.Debug, "Committed {Records} records of {Batches} batches for destination {Destination} up to {Position}")]
    public static partial void Committed(ILogger logger, int records, int batches, string destination, string position);

    [LoggerMessage(4011, LogLevel.Warning, "Kafka client: {Code} ({Reason})")]
    public static partial void KafkaClientError(ILogger logger, ErrorCode code, string reason);

    [LoggerMessage(4012, LogLevel.Debug, "Kafka client [{Facility}]: {Text}")]
    public static partial void KafkaClientLog(ILogger logger, string facility, string text);

    [LoggerMessage(4014, LogLevel.Information, "Destination {Destination}: {Records} records in {Transactions} Kafka transactions since the last such line, up to {Position}, {Lag:F0} s behind the source")]
    public static partial void Progress(ILogger logger, string destination, long records, long transactions, string position, double lag);

    [LoggerMessage(4015, LogLevel.Information, "Destination {Destination} has recovered, {Seconds:F1} s after the last sign that all was well, at {Position}")]
    public static partial void Recovered(ILogger logger, string destination, double seconds, string position);

    [LoggerMessage(4016, LogLevel.Information, "Destination {Destination}: Canal answers but has had no change for {Minutes:F0} min, since {Position}. The source is quiet, or Canal does not get its binlog: see Canal's own log if changes are expected")]
    public static partial void Idle(ILogger logger, string destination, double minutes, string position);

    [LoggerMessage(4025, LogLevel.Warning, "{Reason} It stands by, and takes over when the owner has been silent for {Silence:c}")]
    public static partial void StandsBy(ILogger logger, string reason, TimeSpan silence);

    [LoggerMessage(4026, LogLevel.Warning, "Destination {Destination}: its owner has been silent for {Silence:c}; this process takes over")]
    public static partial void TakesOver(ILogger logger, string destination, TimeSpan silence);

    [LoggerMessage(4017, LogLevel.Information, "Destination {Destination} is published up to {Position}, written {Time:O} by {Owner}")]
    public static partial void PositionFound(ILogger logger, string destination, string position, DateTimeOffset time, string owner);

    [LoggerMessage(4021, LogLevel.Information, "Destination {Destination}: {Tables} table definitions are known from topic {Topic}")]
    public static partial void DefinitionsFound(ILogger logger, string destination, int tables, string topic);

    [LoggerMessage(4022, LogLevel.Warning, "Destination {Destination}: Delivery:Epoch is {Epoch}, the stored position is of epoch {StoredEpoch} and not used: everything that Canal still delivers is published")]
    public static partial void EpochBegins(ILogger logger, string destination, int epoch, int storedEpoch);

    [LoggerMessage(4023, LogLevel.Information, "Destination {Destination}: {Tables} table definitions in topic {Topic} are forgotten, as they belong to a position that is not used")]
    public static partial void DefinitionsForgotten(ILogger logger, string destination, int tables, string topic);

    [LoggerMessage(4018, LogLevel.Warning, "Destination {Destination} has no position in topic {Topic}: starting at Canal's own cursor. This is expected at the very first start only; otherwise the topic was lost or another one is configured, and rows may be published twice")]
    public static partial void NoPosition(ILogger logger, string destination, string topic);

    [LoggerMessage(4019, LogLevel.Warning, "Topic {Topic} was there and is gone: somebody deleted it, with all that was in it. It is made anew, empty, or waited for if Topics:Create is false")]
    public static partial void TopicVanished(ILogger logger, string topic);

    [LoggerMessage(4020, LogLevel.Warning, "Who owns destination {Destination} by now cannot be read: {Reason} This process writes nothing until it knows; asking again in {Delay}")]
    public static partial void OwnerUnknown(ILogger logger, string reason, string destination, TimeSpan delay);

    [LoggerMessage(4030, LogLevel.Warning, "Topic {Topic} holds what the bridge goes on by, but has cleanup.policy={Policy}: {Consequence}. Mend it now: kafka-configs.sh --alter --entity-type topics --entity-name <the topic> --add-config cleanup.policy=compact")]
    public static partial void OwnTopicNotCompacted(ILogger logger, string topic, string policy, string consequence);

    [LoggerMessage(4031, LogLevel.Warning, "Topic {Topic} has {Partitions} partitions and must have one: the bridge uses the first alone, and a tool that copies or restores records by key puts them into another. Name another topic (Kafka:PositionTopic, Kafka:TablesTopic) before the first start")]
    public static partial void OwnTopicPartitions(ILogger logger, string topic, int partitions);

    [LoggerMessage(5001, LogLevel.Debug, "Acked Canal batch {BatchId} of destination {Destination}")]
    public static partial void Acked(ILogger logger, long batchId, string destination);

    [LoggerMessage(5002, LogLevel.Information, "Stopping destination {Destination} without an ack: {Reason} Its rows are committed; Canal delivers them again and they are dropped")]
    public static partial void AckLostAtStop(ILogger logger, string destination, string reason);

    [LoggerMessage(9001, LogLevel.Information, "Canal bridge {Version}, process {Process} on {Host}: destination {Destination} at {Endpoints} to Kafka at {BootstrapServers}, topics {Prefix}{Delimiter}<schema>{Delimiter2}<table>")]
    public static partial void Starting(ILogger logger, string version, int process, string host, string destination, string endpoints, string bootstrapServers, string prefix, string delimiter, string delimiter2);

    [LoggerMessage(9002, LogLevel.Information, "Stopped destination {Destination}: everything sent is committed")]
    public static partial void Stopped(ILogger logger, string destination);

    [LoggerMessage(9004, LogLevel.Warning, "Source:CanalTimeZone {Zone} has daylight saving: TIMESTAMP values of the hour that comes twice are ambiguous and read as standard time. Run Canal's JVM in a zone with a fixed offset, best UTC")]
    public static partial void ZoneHasDaylightSaving(ILogger logger, string zone);

    [LoggerMessage(9005, LogLevel.Information, "Asked to stop: finishing the open Kafka transaction of destination {Destination} within {GracePeriod}")]
    public static partial void Stopping(ILogger logger, string destination, TimeSpan gracePeriod);

    [LoggerMessage(9006, LogLevel.Warning, "Destination {Destination} stops with an unfinished Kafka transaction: {Reason} Nothing is lost: it is aborted at the next start at the latest, and its rows are published then")]
    public static partial void StoppedUnfinished(ILogger logger, string destination, string reason);

    [LoggerMessage(9007, LogLevel.Information, "Stopped destination {Destination} before it read anything: this process has sent nothing")]
    public static partial void StoppedUnread(ILogger logger, string destination);

    [LoggerMessage(9003, LogLevel.Critical, "The bridge ends: {Reason}")]
    public static partial void Fatal(ILogger logger, string reason, Exception? exception);
}
