using System.Runtime.CompilerServices;

namespace CanalBridge.Commands.Check;

/// <summary>Every text of the report, both languages side by side. <c>{0}</c> and so on are what was found; both languages have the same ones.</summary>
internal static class Texts
{
    // Marks and frame.
    public static readonly Text MarkOk = New("ok", "正常");
    public static readonly Text MarkWarning = New("WARN", "警告");
    public static readonly Text MarkFailed = New("FAIL", "失败");
    public static readonly Text MarkSkipped = New("skip", "跳过");
    public static readonly Text Summary = New("{0} ok, {1} warning(s), {2} failed, {3} skipped; exit code {4}.", "正常 {0} 项，警告 {1} 项，失败 {2} 项，跳过 {3} 项；退出码 {4}。");
    public static readonly Text Interrupted = New("Interrupted: what is above was checked, the rest was not.", "已中断：以上各项已检查，其余未检查。");
    public static readonly Text Reason = New("{0}", "{0}");
    public static readonly Text NeedsStep = New("not looked at: it needs \"{0}\", which failed", "未检查：依赖的“{0}”一步失败");
    public static readonly Text StepTooLate = New("not done within {0} s", "{0} 秒内未完成");
    public static readonly Text StepTooLateRemedy = New("See whether a firewall drops packets on the way, or the server is overloaded; then run check again.", "检查沿途防火墙是否丢包、服务端是否过载，然后重新执行 check。");
    public static readonly Text StepNotBegun = New("not begun: the time of the whole check is over", "未执行：整个检查的时间已用完");
    public static readonly Text PeerRemedy = New("The server answered with an error or broke off: look into its log for this time, then run check again.", "服务端返回错误或中断了连接：查看它在该时间的日志，然后重新执行 check。");
    public static readonly Text StepUnexpected = New("{0}: {1}", "{0}：{1}");
    public static readonly Text StepUnexpectedRemedy = New("This was not foreseen: please report it together with this line.", "这是未预料到的错误，请附上这一行提交 issue。");

    // Options.
    public static readonly Text OptionsGood = New("destination {0} to topics {1}.*, transactional id {2}", "destination {0} 写入 topic {1}.*，事务 ID（transactional.id）{2}");
    public static readonly Text OptionsMistake = New("{0}", "{0}");
    public static readonly Text OptionsRemedy = New("Mend it in the JSON file, the environment (Section__Name) or the argument (--Section:Name=VALUE) that sets it.", "在设置该选项的地方修改：JSON 文件、环境变量（Section__Name）或命令行参数（--Section:Name=VALUE）。");

    // Names and TCP.
    public static readonly Text NameResolved = New("{0} is {1}", "{0} 解析为 {1}");
    public static readonly Text NameUnknown = New("{0} cannot be resolved: {1}", "无法解析 {0}：{1}");
    public static readonly Text NameUnknownRemedy = New("Correct the host in {0}, or make the name known here (DNS; in Kubernetes NAME.NAMESPACE.svc; hostAliases).", "更正 {0} 中的主机名，或让本机能解析该名称（DNS；Kubernetes 内用 NAME.NAMESPACE.svc；或 hostAliases）。");
    public static readonly Text TcpConnected = New("{0} ({1}) answers, {2} ms", "{0}（{1}）可连通，{2} ms");
    public static readonly Text TcpFailed = New("{0}: {1}", "{0}：{1}");
    public static readonly Text TcpRefused = New("connection refused", "连接被拒绝（connection refused）");
    public static readonly Text TcpSilent = New("no answer within {0} s", "{0} 秒内无应答");

    // Canal.
    public static readonly Text CanalTcpRemedy = New(
        "Check host and port of Canal:Endpoints against canal.port in canal.properties (11111 by default; 11110 is the admin port, 11112 metrics), that canal.serverMode is tcp (in kafka mode nothing listens), that the server runs, and that no firewall or NetworkPolicy is in the way.",
        "核对 Canal:Endpoints 的主机和端口是否与 canal.properties 的 canal.port 一致（默认 11111；11110 是 admin 端口，11112 是监控端口）；确认 canal.serverMode = tcp（kafka 等模式下不监听该端口）、服务端已启动，且没有被防火墙或 NetworkPolicy 拦截。");
    public static readonly Text GreetingHeard = New("{0} is a Canal server", "{0} 是 Canal 服务端");
    public static readonly Text GreetingWrong = New("{0} is no Canal server: {1}", "{0} 不是 Canal 服务端：{1}");
    public static readonly Text GreetingSilent = New("it takes the connection and says nothing for {0} s; a Canal server speaks first", "连接建立后 {0} 秒内没有数据，而 Canal 服务端会先发握手包");
    public static readonly Text GreetingClosed = New("it closes the connection at once", "连接建立后立即被对方关闭");
    public static readonly Text GreetingMySql = New("it greets as MySQL or MariaDB does", "它返回的是 MySQL/MariaDB 的握手包");
    public static readonly Text GreetingOther = New("it begins with {0}", "首先收到的数据是 {0}");
    public static readonly Text GreetingRemedy = New(
        "Point Canal:Endpoints at canal.port of the Canal server (11111 by default), not at MySQL, Kafka, ZooKeeper or the admin port; TLS is not spoken there, so no TLS proxy may stand before it. A Canal server that hangs is silent too: look at its log.",
        "Canal:Endpoints 应指向 Canal 服务端的 canal.port（默认 11111），而不是 MySQL、Kafka、ZooKeeper 或 admin 端口；Canal 协议不支持 TLS，前面不能有 TLS 代理。Canal 服务端卡死时同样没有数据，请查看其日志。");
    public static readonly Text LoginAccepted = New("{0} accepts user {1}", "{0} 鉴权通过，用户 {1}");
    public static readonly Text LoginAnonymous = New("{0} lets clients in without a user", "{0} 无需用户名即可登录");
    public static readonly Text LoginMissing = New("{0} wants a user, and Canal:Username is not set", "{0} 要求鉴权，但未设置 Canal:Username");
    public static readonly Text LoginRefused = New("{0} refuses user {1}", "{0} 拒绝用户 {1} 登录（鉴权失败）");
    public static readonly Text LoginRemedy = New(
        "Set Canal:Username to canal.user of canal.properties, and Canal:PasswordFile to a file with the password in clear. canal.passwd is not it: that holds its double SHA-1, as select password('...') of MySQL 5.7 gives it, without the asterisk.",
        "Canal:Username 填 canal.properties 中的 canal.user，Canal:PasswordFile 指向存放明文密码的文件。注意 canal.passwd 不是明文：它是密码两次 SHA-1 的结果（即 MySQL 5.7 的 select password('...') 去掉星号）。");
    public static readonly Text LoginLostRemedy = New("See the Canal server's log (logs/canal/canal.log) for the cause; a proxy or load balancer in between may also cut connections.", "到 Canal 服务端日志（logs/canal/canal.log）中查找原因；中间的代理或负载均衡也可能断开连接。");
    public static readonly Text DestinationRuns = New("{0} runs at {1}", "{0} 正运行在 {1}");
    public static readonly Text DestinationStandby = New("{0} does not run at {1}: a standby, as the other nodes of a cluster are", "{0} 未在 {1} 运行：属于备用节点，集群中属正常现象");
    public static readonly Text DestinationTwice = New("{0} runs at {1} and at {2}: a client would get either one's changes", "{0} 同时运行在 {1} 和 {2}：客户端连到哪台就只读到哪台的数据");
    public static readonly Text DestinationTwiceRemedy = New("Put both servers into one cluster (the same canal.zkServers, canal.instance.global.spring.xml = classpath:spring/default-instance.xml), or name only one of them in Canal:Endpoints.", "将两台服务端组成同一集群（相同的 canal.zkServers，canal.instance.global.spring.xml = classpath:spring/default-instance.xml），或在 Canal:Endpoints 中只保留一台。");
    public static readonly Text DestinationUnknown = New("{0} does not run at {1}", "{0} 未在 {1} 运行");
    public static readonly Text DestinationRemedy = New(
        "Compare Canal:Destination with canal.destinations in canal.properties and the folder conf/{0}; look into logs/{0}/{0}.log for why it does not start; of a cluster, name all nodes in Canal:Endpoints. A lazy instance (canal.instance.global.lazy = true) starts only with a subscription: run check again with --read.",
        "核对 Canal:Destination 与 canal.properties 的 canal.destinations 及 conf/{0} 目录是否一致；在 logs/{0}/{0}.log 中查看未启动的原因；集群部署时 Canal:Endpoints 要列出所有节点。懒加载实例（canal.instance.global.lazy = true）要有订阅才会启动：加上 --read 重新执行 check。");
    public static readonly Text Subscribed = New("client id {0} is registered with {1}: a client has read it before, or reads it now", "clientId {0} 已在 {1} 注册：有客户端消费过，或正在消费");
    public static readonly Text NotSubscribed = New("client id {0} is new to {1}: its first reader begins with the oldest change that Canal still holds", "clientId {0} 尚未在 {1} 注册：首次消费从 Canal 内存中最早的变更开始");
    public static readonly Text SubscribedByCheck = New(
        "client id {0} was subscribed to {1} by check itself (--read), without a filter: before that no server ran it, so whether a client had read it cannot be told",
        "clientId {0} 由 check 自己在 {1} 上完成订阅（--read，不带过滤规则）：在此之前没有服务端运行它，无法得知是否有客户端消费过");
    public static readonly Text FilterOfServer = New("Canal:Filter is empty: the server's filter stays (canal.instance.filter.regex, or what a client set last)", "Canal:Filter 为空：沿用服务端的过滤规则（canal.instance.filter.regex，或客户端最近一次设置的规则）");
    public static readonly Text FilterReplaces = New("the bridge will put {0} in the place of the server's filter, for every client of the destination; check has not sent it", "桥接启动时会用 {0} 替换服务端的过滤规则，对该 destination 的所有客户端生效；check 没有发送它");
    public static readonly Text FilterBlanks = New("Canal:Filter is '{0}': Canal does not trim blanks, so the part with one matches no table", "Canal:Filter 为“{0}”：Canal 不会去掉空白，带空白的那一段匹配不到任何表");
    public static readonly Text FilterBlanksRemedy = New("Write the parts of Canal:Filter with commas and no blanks, such as shop\\..*,pay\\..*", "Canal:Filter 各段之间只用逗号、不留空白，例如 shop\\..*,pay\\..*");
    public static readonly Text RowBridgeMayRun = New("not read: Kafka holds a position of this destination, so a bridge may be running, and reading would take batches from it", "未读取：Kafka 中已有该 destination 的位点，桥接可能正在运行，此时读取会抢走它的批次");
    public static readonly Text RowKafkaUnknown = New("not read: Kafka cannot say whether a bridge has begun with this destination, and reading would take batches from one that runs", "未读取：无法从 Kafka 得知桥接是否已开始消费该 destination，若它正在运行，读取会抢走它的批次");
    public static readonly Text RowOtherClient = New("not read: client id {0} is registered, but not by a bridge with these options; a client that runs (canal-adapter, a Java client, an earlier check) would lose batches to check", "未读取：clientId {0} 已注册，但不是由使用当前选项的桥接注册的；若有客户端（canal-adapter、Java 客户端）正在消费，读取会抢走它的批次。也可能是之前的 check 注册的");
    public static readonly Text RowReadRemedy = New("To see a row, stop every reader of the destination and run check again with --read. Nothing is acknowledged, so no data is lost; but each time a bridge that runs nevertheless is disturbed one to three times, and from the fifth disturbance in ten minutes on it pauses, up to a minute each time.", "如需读取一行，请先停掉该 destination 的所有消费者，再加 --read 执行 check。check 不会 ack：不会丢数据；但若桥接仍在运行，每次读取会干扰它一到三次，十分钟内从第五次干扰起，桥接每次会暂停，最长一分钟。");
    public static readonly Text RowSeen = New("a row of {0} came ({1}, at {2}, {3} UTC, {4}); it was given back, nothing was acknowledged", "读到表 {0} 的一行（{1}，位点 {2}，UTC 时间 {3}，{4}）；已回滚归还，未 ack");
    public static readonly Text ModeGtid = New("with a GTID", "带 GTID");
    public static readonly Text ModeFile = New("without a GTID", "不带 GTID");
    public static readonly Text CursorForgotten = New(
        "Kafka holds a position of {0}, and Canal does not know client id {1}: Canal has lost its cursor, or the id was changed",
        "Kafka 中有 {0} 的位点，但 Canal 不认识 clientId {1}：Canal 丢了位点，或 clientId 改过");
    public static readonly Text CursorForgottenRemedy = New(
        "Put Canal's conf folder on a volume (conf/{0}/meta.dat holds the cursor), or let ZooKeeper keep it. The bridge stops with exit code 4 where changes are missing.",
        "把 Canal 的 conf 目录放到持久卷上（位点在 conf/{0}/meta.dat），或由 ZooKeeper 保存。缺少变更时桥接以退出码 4 停止。");
    public static readonly Text RowNone = New("no row came within {0} s ({1} entries without rows): the source is quiet, or Canal does not get its binlog; the two look alike", "{0} 秒内没有读到行数据（不含行的 entry {1} 个）：可能源库没有写入，也可能 Canal 没有拉到 binlog，从客户端无法区分");
    public static readonly Text RowNoneRemedy = New(
        "Change a row of a table that the filter lets through, while check runs (--wait 30). If none comes: look into logs/{0}/{0}.log; check canal.instance.master.address, dbUsername and dbPassword in conf/{0}/instance.properties, the account's rights SELECT, REPLICATION SLAVE, REPLICATION CLIENT, and canal.instance.filter.regex.",
        "在 check 运行期间（可加 --wait 30）修改一行能通过过滤规则的数据。仍然读不到时：查看 logs/{0}/{0}.log；检查 conf/{0}/instance.properties 中的 canal.instance.master.address、dbUsername、dbPassword，账号是否有 SELECT、REPLICATION SLAVE、REPLICATION CLIENT 权限，以及 canal.instance.filter.regex。");
    public static readonly Text RowNotInBatch = New(
        "the first batch held no row ({0} entries without rows), and no more was read: a bridge may be running",
        "第一个批次中没有行数据（不含行的 entry {0} 个）；因桥接可能正在运行，没有继续读取");
    public static readonly Text RowNotInBatchRemedy = New(
        "Stop the bridge, change a row of a table that the filter lets through, and run check --read again; each further run beside a running bridge disturbs it anew.",
        "先停掉桥接，修改一行能通过过滤规则的数据，再执行 check --read；桥接运行时每执行一次都会再干扰它。");
    public static readonly Text RowLostRemedy = New("See logs/canal/canal.log of the Canal server. What was read and not given back comes again to the next client, which rolls back at its start.", "查看 Canal 服务端的 logs/canal/canal.log。已读取但未归还的数据会在下一个客户端启动回滚后重新下发。");
    public static readonly Text RowStatements = New("{0} change(s) came as statements: their rows are not in the binlog, and no bridge can deliver them", "有 {0} 个变更是以语句（STATEMENT 格式）写入 binlog 的：binlog 中没有行数据，任何桥接都无法投递");
    public static readonly Text RowNotInFilter = New("{0} is not matched by Canal:Filter {1}: once the bridge runs, such rows come no more", "表 {0} 不匹配 Canal:Filter {1}：桥接启动后将不再收到该表的数据");
    public static readonly Text RowNotInFilterRemedy = New("Add the table to Canal:Filter if it is wanted. The expression must match schema.table in full, with one backslash before a dot.", "如果需要该表，请把它加入 Canal:Filter。表达式须完整匹配 schema.table，点号前用一个反斜杠。");

    // Source.
    public static readonly Text SourceNotSet = New("Source:ConnectionString is not set: the source itself is not asked", "未设置 Source:ConnectionString：不检查源库");
    public static readonly Text SourceConnected = New("{0}, {1}, user {2}, {3} ms", "{0}，版本 {1}，用户 {2}，{3} ms");
    public static readonly Text SourceRefused = New("{0} refuses user {1}", "{0} 拒绝用户 {1} 登录");
    public static readonly Text SourceRefusedRemedy = New("Correct user and password in Source:ConnectionStringFile; the account must be allowed from this host ('user'@'%').", "更正 Source:ConnectionStringFile 中的用户名和密码；该账号须允许从本机登录（'user'@'%'）。");
    public static readonly Text SourceUnreachable = New("{0} cannot be reached: {1}", "无法连接 {0}：{1}");
    public static readonly Text SourceUnreachableRemedy = New("Correct Server and Port in Source:ConnectionStringFile, and see that nothing is in the way; or leave it out: it serves only the definitions of older tables.", "更正 Source:ConnectionStringFile 中的 Server 和 Port，并确认网络可达；也可以不设置它：它只用于获取已有表的表结构。");
    public static readonly Text SourceKind = New("the server is {0}, but Source:Kind is {1}", "服务端是 {0}，但 Source:Kind 为 {1}");
    public static readonly Text SourceKindRemedy = New("Set Source:Kind to {0}.", "将 Source:Kind 设为 {0}。");
    public static readonly Text BinlogSettings = New("binlog_format {0}, row image {1}, row metadata {2}, server id {3}, time zone {4}; Source:CanalTimeZone is {5}", "binlog_format {0}，row image {1}，row metadata {2}，server id {3}，时区 {4}；Source:CanalTimeZone 为 {5}");
    public static readonly Text BinlogOff = New("the server writes no binlog", "源库没有开启 binlog");
    public static readonly Text BinlogOffRemedy = New("Set log_bin and server_id in my.cnf and restart the server.", "在 my.cnf 中设置 log_bin 和 server_id，并重启数据库。");
    public static readonly Text BinlogFormat = New("binlog_format is {0}: changes may be logged as statements, without their rows", "binlog_format 为 {0}：变更可能以语句形式记录，没有行数据");
    public static readonly Text BinlogFormatRemedy = New("SET GLOBAL binlog_format = 'ROW', and in my.cnf; sessions that are open keep the old format until they reconnect.", "执行 SET GLOBAL binlog_format = 'ROW' 并写入 my.cnf；已建立的会话要重连后才生效。");
    public static readonly Text BinlogImage = New("binlog_row_image is {0}: records lack the columns that a change did not touch", "binlog_row_image 为 {0}：记录中会缺少未变更的列");
    public static readonly Text BinlogImageRemedy = New("SET GLOBAL binlog_row_image = 'FULL', and in my.cnf.", "执行 SET GLOBAL binlog_row_image = 'FULL' 并写入 my.cnf。");
    public static readonly Text BinlogPartialJson = New("binlog_row_value_options has PARTIAL_JSON: JSON columns come as a part of their text", "binlog_row_value_options 含 PARTIAL_JSON：JSON 列只会收到部分内容");
    public static readonly Text BinlogPartialJsonRemedy = New("SET GLOBAL binlog_row_value_options = '', and in my.cnf.", "执行 SET GLOBAL binlog_row_value_options = '' 并写入 my.cnf。");
    public static readonly Text BinlogCompressed = New("binlog_transaction_compression is ON: all events of a transaction share one position", "binlog_transaction_compression 为 ON：同一事务的所有事件共用一个位点");
    public static readonly Text BinlogCompressedRemedy = New("SET GLOBAL binlog_transaction_compression = OFF, and in my.cnf; see docs/compatibility.md.", "执行 SET GLOBAL binlog_transaction_compression = OFF 并写入 my.cnf；参见 docs/compatibility.md。");
    public static readonly Text TimeZoneDaylight = New("Source:CanalTimeZone is {0}, which has daylight saving: an hour of TIMESTAMP values a year cannot be told from another", "Source:CanalTimeZone 为 {0}，该时区有夏令时：每年有一小时的 TIMESTAMP 值无法区分");
    public static readonly Text TimeZoneRemedy = New("Run Canal's JVM with -Duser.timezone=UTC and set Source:CanalTimeZone to UTC.", "Canal 的 JVM 加上 -Duser.timezone=UTC，并将 Source:CanalTimeZone 设为 UTC。");
    public static readonly Text TablesSeen = New("{0} table(s) seen; SHOW CREATE TABLE {1} works", "可见 {0} 张表；SHOW CREATE TABLE {1} 成功");
    public static readonly Text TablesNone = New("user {0} sees no table", "用户 {0} 看不到任何表");
    public static readonly Text TableRefused = New("SHOW CREATE TABLE {0} is refused: {1}", "SHOW CREATE TABLE {0} 被拒绝：{1}");
    public static readonly Text TablesRemedy = New("GRANT SELECT ON the schemas that Canal reads TO {0}.", "执行 GRANT SELECT，把 Canal 订阅的库授权给 {0}。");
    public static readonly Text TableUnreadable = New("Canal 1.1.7 stands still at the first row of {0}: {1}", "Canal 1.1.7 读到 {0} 的第一行就会卡住：{1}");
    public static readonly Text TableUnreadableRemedy = New(
        "Leave it out: add {0} to canal.instance.filter.black.regex and restart Canal, if that was not done.", "排除它：若尚未设置，把 {0} 加入 canal.instance.filter.black.regex，重启 Canal。");
    public static readonly Text TablesNotLookedAt = New("whether there are tables that Canal cannot read was not seen: {0}", "未能检查是否有 Canal 读不了的表：{0}");
    public static readonly Text CauseVersioned = New("its rows hold the columns of WITH SYSTEM VERSIONING, its definition does not", "行里有 WITH SYSTEM VERSIONING 的隐藏列，定义里没有");
    public static readonly Text CauseHash = New("a UNIQUE key over TEXT or BLOB has a hidden column in the rows", "TEXT 或 BLOB 上的 UNIQUE 键在行里多一个隐藏列");
    public static readonly Text CauseInvisible = New(
        "with its table history (canal.instance.tsdb.enable=true) it cannot read a definition with an INVISIBLE column", "开启表结构历史（canal.instance.tsdb.enable=true）时，它读不了带 INVISIBLE 列的定义");
    public static readonly Text CauseCompressed = New("a COMPRESSED column has a type that Canal does not know", "COMPRESSED 列的类型 Canal 不认识");
    public static readonly Text CauseVector = New("a VECTOR column has a type that Canal does not know", "VECTOR 列的类型 Canal 不认识");
    public static readonly Text CauseName = New("Canal does not quote the back-tick in its name", "Canal 没有转义表名里的反引号");

    // Registry.
    public static readonly Text RegistryNotUsed = New("Envelope:Format is {0}: no schema registry is used", "Envelope:Format 为 {0}：不使用 schema registry");
    public static readonly Text RegistryAnswers = New("{0} answers, {1} ms (whether schemas may be registered shows with the first record)", "{0} 可用，{1} ms（能否注册 schema 要到第一条记录时才知道）");
    public static readonly Text RegistryRefused = New("{0} refuses the login (HTTP {1})", "{0} 鉴权失败（HTTP {1}）");
    public static readonly Text RegistryRefusedRemedy = New("Set Registry:Username and Registry:PasswordFile to a login that it knows and that may write the subjects.", "将 Registry:Username 和 Registry:PasswordFile 设为有效账号，并授予写 subject 的权限。");
    public static readonly Text RegistryOdd = New("{0} answers as no schema registry does (HTTP {1})", "{0} 的应答不像 schema registry（HTTP {1}）");
    public static readonly Text RegistryUnreachable = New("{0} cannot be reached: {1}", "无法连接 {0}：{1}");
    public static readonly Text RegistrySilent = New("{0} gives no answer within {1} s", "{0} 在 {1} 秒内无应答");
    public static readonly Text RegistryRemedy = New("Correct Registry:Url, see that the registry runs, and for https set Registry:SslCaLocation where its certificate is not a public one.", "更正 Registry:Url 并确认 registry 已启动；使用 https 且证书非公共 CA 签发时，设置 Registry:SslCaLocation。");

    // Kafka.
    public static readonly Text KafkaTcpRemedy = New("Check Kafka:BootstrapServers against listeners in the brokers' server.properties, that the brokers run, and that no firewall or NetworkPolicy is in the way.", "核对 Kafka:BootstrapServers 与 broker 的 server.properties 中 listeners 是否一致，确认 broker 已启动，且没有被防火墙或 NetworkPolicy 拦截。");
    public static readonly Text KafkaConnected = New("{0} broker(s), told by {1}, {2} ms", "共 {0} 个 broker，由 {1} 返回，{2} ms");
    public static readonly Text KafkaSpeaks = New("a Kafka listener answers ({0})", "Kafka 监听端口有应答（{0}）");
    public static readonly Text KafkaTls = New("TLS failed: {0}", "TLS 握手失败：{0}");
    public static readonly Text KafkaTlsRemedy = New("Set Kafka:Settings:ssl.ca.location to a PEM file with the authority of the brokers' certificate, and use the host names that the certificate has. A listener without TLS wants Kafka:SecurityProtocol plaintext or sasl_plaintext.", "将 Kafka:Settings:ssl.ca.location 设为签发 broker 证书的 CA（PEM 文件），并使用证书中的主机名。若监听端口没有启用 TLS，Kafka:SecurityProtocol 应为 plaintext 或 sasl_plaintext。");
    public static readonly Text KafkaProtocol = New("the listener hangs up on {0}: {1}", "监听端口断开了 {0} 连接：{1}");
    public static readonly Text KafkaSilent = New("no broker answers as Kafka does: {0} ({1})", "没有 broker 正常应答：{0}（{1}）");
    public static readonly Text KafkaProtocolRemedy = New("Set Kafka:SecurityProtocol to what listener.security.protocol.map of the brokers says of that port (plaintext, ssl, sasl_plaintext, sasl_ssl), and see that the port is a client listener of Kafka, not the controller's.", "将 Kafka:SecurityProtocol 设为 broker 的 listener.security.protocol.map 中该端口对应的协议（plaintext、ssl、sasl_plaintext、sasl_ssl），并确认该端口是 Kafka 的客户端监听端口，而不是 controller 端口。");
    public static readonly Text KafkaSettingRefused = New("the Kafka client refuses its settings: {0}", "Kafka 客户端拒绝配置：{0}");
    public static readonly Text KafkaSettingRemedy = New("Correct Kafka:Settings (names and values are those of librdkafka) or the option of section Kafka that is named.", "更正 Kafka:Settings（名称和取值以 librdkafka 为准）或 Kafka 部分中被点名的选项。");
    public static readonly Text KafkaLoginAccepted = New("user {0} by {1}", "用户 {0} 鉴权通过（{1}）");
    public static readonly Text KafkaNoLogin = New("no user name: Kafka:SecurityProtocol is {0}", "不使用用户名密码：Kafka:SecurityProtocol 为 {0}");
    public static readonly Text KafkaLoginRefused = New("user {0} is refused ({1}): {2}", "用户 {0} 鉴权失败（{1}）：{2}");
    public static readonly Text KafkaLoginRemedy = New("Correct Kafka:SaslUsername and Kafka:SaslPasswordFile, and set Kafka:SaslMechanism to one of the listener's sasl.enabled.mechanisms. A SCRAM user is made with kafka-configs.sh --alter --entity-type users --entity-name NAME --add-config 'SCRAM-SHA-512=[password=...]'.", "更正 Kafka:SaslUsername 和 Kafka:SaslPasswordFile，Kafka:SaslMechanism 须为监听端口 sasl.enabled.mechanisms 之一。SCRAM 用户用 kafka-configs.sh --alter --entity-type users --entity-name NAME --add-config 'SCRAM-SHA-512=[password=...]' 创建。");
    public static readonly Text BrokerRemedy = New("The brokers give this address to their clients: correct advertised.listeners in its server.properties to one that is reachable from here.", "这是 broker 告知客户端的地址：请把 server.properties 中的 advertised.listeners 改为此处可达的地址。");
    public static readonly Text KafkaAnswerRemedy = New("See the brokers' logs; run check again when the cluster is healthy.", "查看 broker 日志；集群恢复后重新执行 check。");
    public static readonly Text PositionNone = New("{0} holds no position of {1}: the bridge will begin with what Canal has", "{0} 中没有 {1} 的位点：桥接将从 Canal 现有的数据开始");
    public static readonly Text PositionStored = New("{0}, written by {1} at {2} UTC, {3} ago", "{0}，由 {1} 写于 UTC {2}，距今 {3}");
    public static readonly Text PositionNotAllowed = New("{0} may not be read; see the rights below", "没有读取 {0} 的权限；见下面的 ACL 一步");
    public static readonly Text GroupRightMissing = New("the position may not be read: the right Describe on the consumer group {0} is missing", "无法读取位点：缺少消费组 {0} 的 Describe 权限");
    public static readonly Text GroupRightRemedy = New("kafka-acls.sh --bootstrap-server {0} --add --allow-principal User:{1} --operation Describe --group {2}", "kafka-acls.sh --bootstrap-server {0} --add --allow-principal User:{1} --operation Describe --group {2}");
    public static readonly Text PositionUnreadable = New("the last record of {0} for {1} is not one of the bridge's, or of a newer version", "{0} 中 {1} 的最后一条记录不是桥接写入的，或由更新的版本写入");
    public static readonly Text PositionUnreadableRemedy = New("Use the version of the bridge that wrote it, or another Kafka:PositionTopic; nobody else may write to that topic.", "使用写入它的桥接版本，或更换 Kafka:PositionTopic；该 topic 不能有其他写入者。");
    public static readonly Text EpochOlder = New("the position is of epoch {0}, but Delivery:Epoch is {1}: the bridge will refuse to start", "位点的 epoch 为 {0}，而 Delivery:Epoch 为 {1}：桥接会拒绝启动");
    public static readonly Text EpochOlderRemedy = New("Set Delivery:Epoch to {0}.", "将 Delivery:Epoch 设为 {0}。");
    public static readonly Text EpochNewer = New("Delivery:Epoch is {0}, the position is of epoch {1}: the bridge will begin anew and not skip what it has delivered before", "Delivery:Epoch 为 {0}，位点的 epoch 为 {1}：桥接会重新开始，已投递过的数据不会被跳过");
    public static readonly Text EpochNewerRemedy = New("If that is not meant, set Delivery:Epoch back to {0}.", "如非本意，请将 Delivery:Epoch 改回 {0}。");
    public static readonly Text TopicRights = New("{0}: {1}", "{0}：{1}");
    public static readonly Text TopicCreatable = New("{0} is not there and may be created (validated only); the right to write shows once it is there", "{0} 不存在，有创建权限（仅校验，未创建）；写权限要等创建后才能看到");
    public static readonly Text TopicMissing = New("{0} is not there", "{0} 不存在");
    public static readonly Text TopicHidden = New("{0} may not even be seen: the right Describe is missing", "连 {0} 是否存在都无权查看：缺少 Describe 权限");
    public static readonly Text TopicNotCreatable = New("{0} is not there and may not be created: the right Create is missing", "{0} 不存在且无权创建：缺少 Create 权限");
    public static readonly Text TopicRightMissing = New("the right {0} on topic {1} is missing", "缺少 topic {1} 的 {0} 权限");
    public static readonly Text TopicRightRemedy = New("kafka-acls.sh --bootstrap-server {0} --add --allow-principal User:{1} --operation {2} --topic {3}", "kafka-acls.sh --bootstrap-server {0} --add --allow-principal User:{1} --operation {2} --topic {3}");
    public static readonly Text TopicRightPrefixRemedy = New("kafka-acls.sh --bootstrap-server {0} --add --allow-principal User:{1} --operation {2} --topic {3} --resource-pattern-type prefixed", "kafka-acls.sh --bootstrap-server {0} --add --allow-principal User:{1} --operation {2} --topic {3} --resource-pattern-type prefixed");
    public static readonly Text RightsUnknown = New("{0}: the brokers do not tell the rights (before Kafka 2.3, or a service that leaves them out)", "{0}：broker 没有返回权限信息（Kafka 2.3 之前的版本，或托管服务不提供）");
    public static readonly Text RightsUnknownRemedy = New("The bridge needs Describe and Write on its topics, and Read on the topics of positions and tables: see docs/check.md.", "桥接需要其 topic 的 Describe 和 Write 权限，以及位点和表结构 topic 的 Read 权限：见 docs/check.md。");
    public static readonly Text TopicNotAllowed = New("{0}: not looked at, see the rights above", "{0}：未检查，见上面的 ACL 一步");
    public static readonly Text TopicSeen = New("{0}: partitions {1}, copies {2}, in sync {3}", "{0}：分区 {1}，副本 {2}，同步副本（ISR）{3}");
    public static readonly Text TopicWillBeCreated = New("{0} is not there; the bridge creates it", "{0} 不存在；由桥接创建");
    public static readonly Text TopicMissingFailed = New("{0} is not there, and Topics:Create is false", "{0} 不存在，而 Topics:Create 为 false");
    public static readonly Text TopicMissingRemedy = New("kafka-topics.sh --bootstrap-server {0} --create --topic {1}; or set Topics:Create to true.", "执行 kafka-topics.sh --bootstrap-server {0} --create --topic {1}；或将 Topics:Create 设为 true。");
    public static readonly Text PositionTopicMissingRemedy = New("kafka-topics.sh --bootstrap-server {0} --create --topic {1} --partitions 1 --config cleanup.policy=compact; or set Topics:Create to true.", "执行 kafka-topics.sh --bootstrap-server {0} --create --topic {1} --partitions 1 --config cleanup.policy=compact；或将 Topics:Create 设为 true。");
    public static readonly Text TopicCreationRefused = New("{0} is not there, and the brokers would refuse to create it: {1} ({2})", "{0} 不存在，且 broker 会拒绝创建：{1}（{2}）");
    public static readonly Text TopicCreationRemedy = New("Correct Topics:ReplicationFactor, Topics:Partitions or Topics:Settings, or create the topic yourself.", "更正 Topics:ReplicationFactor、Topics:Partitions 或 Topics:Settings，或自行创建该 topic。");
    public static readonly Text PositionPartitions = New("{0} has {1} partitions but must have one", "{0} 有 {1} 个分区，但必须只有一个");
    public static readonly Text PositionPartitionsRemedy = New("Delete it before the bridge's first start, or name another one (Kafka:PositionTopic, Kafka:TablesTopic).", "在桥接首次启动之前删除它，或改用其他 topic（Kafka:PositionTopic、Kafka:TablesTopic）。");
    public static readonly Text NoLeader = New("{0} has a partition without a leader", "{0} 有分区没有 leader");
    public static readonly Text NoLeaderRemedy = New("Bring the brokers back that hold its copies.", "恢复持有其副本的 broker。");
    public static readonly Text SettingsUnknown = New("{0}: its settings may not be read, so they could not be verified (the bridge runs without, and assumes the default record limit)", "{0}：无权读取其配置，未能验证（桥接仍可运行，按默认的消息大小上限处理）");
    public static readonly Text PositionNotCompacted = New("{0} has cleanup.policy {1} but must be compact: positions would be deleted by age", "{0} 的 cleanup.policy 为 {1}，必须为 compact：否则位点会过期被删除");
    public static readonly Text PositionNotCompactedRemedy = New("kafka-configs.sh --bootstrap-server {0} --alter --topic {1} --add-config cleanup.policy=compact", "kafka-configs.sh --bootstrap-server {0} --alter --topic {1} --add-config cleanup.policy=compact");
    public static readonly Text MessageLimit = New("{0} takes records up to {1} bytes, but Kafka:MessageMaxBytes is {2}: a larger record ends the bridge", "{0} 的消息上限为 {1} 字节，而 Kafka:MessageMaxBytes 为 {2}：超限的记录会使桥接停止");
    public static readonly Text MessageLimitRemedy = New("kafka-configs.sh --bootstrap-server {0} --alter --topic {1} --add-config max.message.bytes={2}; or lower Kafka:MessageMaxBytes.", "执行 kafka-configs.sh --bootstrap-server {0} --alter --topic {1} --add-config max.message.bytes={2}；或调低 Kafka:MessageMaxBytes。");
    public static readonly Text TooFewInSync = New("{0} wants {1} copies in sync (min.insync.replicas) but has {2} of {3}: writing waits until they are back", "{0} 要求 {1} 个同步副本（min.insync.replicas），目前只有 {2} 个（共 {3} 个副本）：恢复之前无法写入");
    public static readonly Text TooFewInSyncRemedy = New("Bring the missing brokers back, or lower min.insync.replicas of the topic; it must not exceed the number of copies.", "恢复缺失的 broker，或调低该 topic 的 min.insync.replicas；它不能大于副本数。");
    public static readonly Text TransactionAllowed = New("{0} may begin transactions (an id of check's own: {1} is left alone, so that no bridge is fenced)", "{0} 可以开启事务（check 专用的 ID；不使用 {1}，避免隔离正在运行的桥接）");
    public static readonly Text TransactionUnknown = New("could not verify: {0} may not begin transactions, and trying {1} itself would fence a bridge that runs", "未能验证：{0} 无权开启事务，而直接用 {1} 验证会隔离（fence）正在运行的桥接");
    public static readonly Text TransactionRightRemedy = New(
        "See that the bridge's own id is granted; with a prefix check can verify it: kafka-acls.sh --bootstrap-server {0} --add --allow-principal User:{1} --operation Write --operation Describe --transactional-id {2} --resource-pattern-type prefixed",
        "请确认已授权桥接自己的事务 ID；按前缀授权时 check 才能验证：kafka-acls.sh --bootstrap-server {0} --add --allow-principal User:{1} --operation Write --operation Describe --transactional-id {2} --resource-pattern-type prefixed");
    public static readonly Text IdempotentWriteMissing = New("the right IdempotentWrite is missing (Write on any topic implies it since Kafka 2.8)", "缺少 IdempotentWrite 权限（Kafka 2.8 起，有任一 topic 的 Write 权限即可）");
    public static readonly Text IdempotentWriteRemedy = New("kafka-acls.sh --bootstrap-server {0} --add --allow-principal User:{1} --operation IdempotentWrite --cluster", "kafka-acls.sh --bootstrap-server {0} --add --allow-principal User:{1} --operation IdempotentWrite --cluster");
    public static readonly Text TransactionTimeoutRefused = New("Kafka:TransactionTimeout {0} is above the brokers' transaction.max.timeout.ms", "Kafka:TransactionTimeout {0} 超过 broker 的 transaction.max.timeout.ms");
    public static readonly Text TransactionTimeoutRemedy = New("Lower Kafka:TransactionTimeout, or raise transaction.max.timeout.ms in the brokers' server.properties.", "调低 Kafka:TransactionTimeout，或调高 broker 的 server.properties 中的 transaction.max.timeout.ms。");
    public static readonly Text TransactionFailed = New("no transaction can be begun: {0} ({1})", "无法开启事务：{0}（{1}）");
    public static readonly Text TransactionFailedRemedy = New("The coordinator keeps its state in __transaction_state: with fewer brokers than transaction.state.log.replication.factor or transaction.state.log.min.isr it cannot. Bring brokers back, or lower both on a small cluster.", "事务协调者的状态保存在 __transaction_state 中：broker 数少于 transaction.state.log.replication.factor 或 transaction.state.log.min.isr 时无法工作。请恢复 broker，小集群可调低这两项。");
    public static readonly Text RecordWritten = New("a record was written to {0} and its transaction aborted, {1} ms: no read-committed consumer sees it", "已向 {0} 写入一条记录并回滚（abort）事务，{1} ms：read_committed 消费者看不到它");
    public static readonly Text RecordNoTopic = New("not written: {0} is not there yet", "未写入：{0} 尚不存在");
    public static readonly Text RecordNoTopicRemedy = New("The bridge creates it at its first start. To write a record before, run check with --create: it creates the bridge's own topics as run would.", "桥接首次启动时会创建它。如需提前验证写入，执行 check --create：它会像 run 一样创建桥接自己的 topic。");
    public static readonly Text RecordNoId = New("not written: {0} may not begin transactions", "未写入：{0} 无权开启事务");
    public static readonly Text RecordRefused = New("no record can be written to {0}: {1} ({2})", "无法写入 {0}：{1}（{2}）");
    public static readonly Text RecordRemedy = New("See the brokers' logs and the state of the topic (kafka-topics.sh --describe).", "查看 broker 日志和该 topic 的状态（kafka-topics.sh --describe）。");

    /// <summary>Names of the steps for people.</summary>
    public static IReadOnlyDictionary<string, Text> Titles { get; } = new Dictionary<string, Text>
    {
        [Steps.Options] = New("options", "选项", "TitleOptions"),
        [Steps.CanalDns] = New("Canal: name", "Canal：域名解析", "TitleCanalDns"),
        [Steps.CanalTcp] = New("Canal: TCP", "Canal：TCP 连接", "TitleCanalTcp"),
        [Steps.CanalGreeting] = New("Canal: greeting", "Canal：握手", "TitleCanalGreeting"),
        [Steps.CanalLogin] = New("Canal: login", "Canal：鉴权", "TitleCanalLogin"),
        [Steps.CanalDestination] = New("Canal: destination", "Canal：destination", "TitleCanalDestination"),
        [Steps.CanalSubscription] = New("Canal: subscription", "Canal：订阅", "TitleCanalSubscription"),
        [Steps.CanalFilter] = New("Canal: filter", "Canal：过滤规则", "TitleCanalFilter"),
        [Steps.CanalRow] = New("Canal: first row", "Canal：第一行数据", "TitleCanalRow"),
        [Steps.SourceConnection] = New("source: login", "源库：登录", "TitleSourceConnection"),
        [Steps.SourceBinlog] = New("source: binlog", "源库：binlog", "TitleSourceBinlog"),
        [Steps.SourceTables] = New("source: tables", "源库：表", "TitleSourceTables"),
        [Steps.RegistryConnection] = New("schema registry", "schema registry", "TitleRegistryConnection"),
        [Steps.KafkaDns] = New("Kafka: name", "Kafka：域名解析", "TitleKafkaDns"),
        [Steps.KafkaTcp] = New("Kafka: TCP", "Kafka：TCP 连接", "TitleKafkaTcp"),
        [Steps.KafkaConnection] = New("Kafka: connection", "Kafka：建立连接", "TitleKafkaConnection"),
        [Steps.KafkaLogin] = New("Kafka: authentication", "Kafka：鉴权", "TitleKafkaLogin"),
        [Steps.KafkaBrokers] = New("Kafka: brokers", "Kafka：broker", "TitleKafkaBrokers"),
        [Steps.KafkaPosition] = New("Kafka: position", "Kafka：消费位点", "TitleKafkaPosition"),
        [Steps.KafkaRights] = New("Kafka: ACLs", "Kafka：ACL 权限", "TitleKafkaRights"),
        [Steps.KafkaTopics] = New("Kafka: topics", "Kafka：topic", "TitleKafkaTopics"),
        [Steps.KafkaTransaction] = New("Kafka: transaction", "Kafka：事务", "TitleKafkaTransaction"),
        [Steps.KafkaRecord] = New("Kafka: first record", "Kafka：第一条记录", "TitleKafkaRecord"),
    };

    private static Text New(string english, string chinese, [CallerMemberName] string name = "") =>
        new(string.Concat(name.Select(static (letter, i) => char.IsUpper(letter) ? $"{(i == 0 ? "" : "_")}{char.ToLowerInvariant(letter)}" : $"{letter}")), english, chinese);
}
