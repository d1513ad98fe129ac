namespace CanalBridge.DeployTests.Helm;

/// <summary>Values that are refused before anything is changed, and what is said then.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task All_missing_values_are_named_at_once()
    {
        (int exitCode, _, string errors) = await HelmTool.RunAsync("template", "shop", HelmTool.Chart);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("config.canal.endpoints is not set; it is required: Canal servers, such as canal1:11111", errors, StringComparison.Ordinal);
        Assert.Contains("config.canal.destination is not set", errors, StringComparison.Ordinal);
        Assert.Contains("config.kafka.bootstrapServers is not set", errors, StringComparison.Ordinal);
        Assert.Contains("config.topics.prefix is not set", errors, StringComparison.Ordinal);
    }

    /// <summary>By the schema: one of each kind of rule.</summary>
    [Theory]
    [InlineData("replicaCount=2", "/replicaCount", "value must be one of 0, 1")]
    [InlineData("replicas=1", "additional properties 'replicas' not allowed")]
    [InlineData("config.canal.endpoint=canal", "/config/canal", "additional properties 'endpoint' not allowed")]
    [InlineData("config.kafka.saslPassword=hunter2", "/config/kafka", "additional properties 'saslPassword' not allowed")]
    [InlineData("config.canal.clientId=0", "/config/canal/clientId", "minimum: got 0, want 1")]
    [InlineData("config.canal.clientId=32768", "/config/canal/clientId", "maximum: got 32,768, want 32,767")]
    [InlineData("config.canal.clientId=many", "/config/canal/clientId", "got string, want")]
    [InlineData("config.kafka.compression=zip", "/config/kafka/compression", "value must be one of 'none', 'gzip'")]
    [InlineData("config.source.kind=oracle", "/config/source/kind", "value must be one of 'mysql', 'mariadb'")]
    [InlineData("config.kafka.transactionTimeout=00:20:00", "/config/kafka/transactionTimeout", "'00:20:00' does not match pattern")]
    [InlineData("config.topics.prefix=a b", "/config/topics/prefix", "'a b' does not match pattern")]
    [InlineData("config.topics.create=maybe", "/config/topics/create", "got string, want")]
    [InlineData("config.topics.routes.a.topic=x", "/config/topics/routes/a", "missing property 'tables'")]
    [InlineData("config.http=null", "/config", "missing property 'http'")]
    [InlineData("secrets.kafkaSaslPassword.value=hunter2", "/secrets/kafkaSaslPassword", "additional properties 'value' not allowed")]
    [InlineData("image.digest=latest", "/image/digest", "does not match pattern")]
    [InlineData("podLabels.helm\\.sh/chart=x", "invalid propertyName 'helm.sh/chart'")]
    public async Task Schema_refuses(string value, params string[] said)
    {
        string refusal = await HelmTool.RefusalAsync("minimal", "--set", value);

        Assert.All(said, text => Assert.Contains(text, refusal, StringComparison.Ordinal));
    }

    /// <summary>What a schema cannot say.</summary>
    [Theory]
    [InlineData("terminationGracePeriodSeconds=49", "terminationGracePeriodSeconds is 49 but must be at least 50")]
    [InlineData("terminationGracePeriodSeconds=60,config.kafka.transactionTimeout=00:00:40.500", "terminationGracePeriodSeconds is 60 but must be at least 61")]
    [InlineData("config.http.port=0", "config.http.port is 0 but must be a port from 1 on")]
    [InlineData("config.http.address=localhost", "config.http.address is localhost but must be *")]
    [InlineData("config.canal.passwordFile=/a,secrets.canalPassword.name=b", "config.canal.passwordFile and secrets.canalPassword are both set; keep one")]
    [InlineData("config.kafka.settings.ssl\\.key\\.password=hunter2", "config.kafka.settings has ssl.key.password, which would stand in a ConfigMap; set it from a Secret by extraEnv, as Kafka__Settings__ssl.key.password")]
    [InlineData("config.kafka.producerSettings.sasl\\.oauthbearer\\.client\\.secret=hunter2", "as Kafka__ProducerSettings__sasl.oauthbearer.client.secret")]
    [InlineData("serviceMonitor.enabled=true,podMonitor.enabled=true", "every metric would be there twice; keep one")]
    [InlineData("serviceMonitor.enabled=true,service.enabled=false", "switch the Service on, or take podMonitor instead")]
    [InlineData("podDisruptionBudget.enabled=true,podDisruptionBudget.maxUnavailable=null", "neither maxUnavailable nor minAvailable is set")]
    [InlineData("networkPolicy.enabled=true,config.canal.endpoints=a:11111\\,b:11112", "config.canal.endpoints has b:11112, but networkPolicy.egress.canal.ports lacks 11112")]
    [InlineData("networkPolicy.enabled=true,config.kafka.bootstrapServers=SSL://a:9093", "config.kafka.bootstrapServers has SSL://a:9093, but networkPolicy.egress.kafka.ports lacks 9093")]
    [InlineData("networkPolicy.enabled=true,config.registry.url=https://registry", "networkPolicy.egress.registry.ports lacks 443")]
    public async Task Guards_refuse(string values, string said)
    {
        string refusal = await HelmTool.RefusalAsync("minimal", "--set", values);

        Assert.Contains(said, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_was_not_asked_cannot_make_a_second_writer()
    {
        string refusal = await HelmTool.RefusalAsync("minimal", "--set", "replicaCount=2", "--skip-schema-validation");

        Assert.Contains("replicaCount is 2 but must be 0 or 1: a destination has one writer", refusal, StringComparison.Ordinal);
    }
}
