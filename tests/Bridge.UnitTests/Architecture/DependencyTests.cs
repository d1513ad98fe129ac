using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using Canal.Client;
using CanalBridge.Loop.Publish;
using CanalBridge.Serialization;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace CanalBridge.UnitTests.Architecture;

/// <summary>The directions in docs/architecture.md: what may know of what.</summary>
public sealed class DependencyTests
{
    private static readonly ArchUnitNET.Domain.Architecture Bridge = new ArchLoader()
        .LoadAssembliesIncludingDependencies(
            [typeof(CanalSession).Assembly, typeof(EntrySerializer).Assembly, typeof(TransactionalPublisher).Assembly], recursive: false)
        .Build();

    [Theory]
    [InlineData("Canal.Client", "^(CanalBridge|Confluent|System.Text.Json|OpenTelemetry|Microsoft.Extensions.(Hosting|Configuration|DependencyInjection|Options))")]
    [InlineData("CanalBridge.Serialization", "^(Confluent|OpenTelemetry|Microsoft.Extensions|System.Net|System.IO.(File|Directory|Stream)|System.TimeProvider|System.Diagnostics.(Metrics|Activity))")]
    public void Library_knows_nothing_of_its_users_neighbours(string library, string forbidden) =>
        Check(Types().That().ResideInAssemblyMatching($"^{library},").Should().NotDependOnAny(Types().That().HaveFullNameMatching(forbidden)));

    [Fact]
    public void Serialization_knows_nothing_of_the_bridge() =>
        Check(Types().That().ResideInAssemblyMatching("^CanalBridge.Serialization,").Should().NotDependOnAny(Types().That().ResideInAssemblyMatching("^canal-bridge,")));

    [Theory]
    [InlineData("Kafka", "Loop|Registry|Positions|Http|Commands")]
    [InlineData("Positions", "Loop|Registry|Http|Commands")]
    [InlineData("Loop.Fetch", "Loop.Map|Loop.Publish|Loop.Settle|Source|Registry|Positions|Kafka|Http|Commands")]
    [InlineData("Loop.Map", "Loop.Fetch|Loop.Publish|Loop.Settle|Source|Registry|Kafka|Http|Commands")]
    [InlineData("Loop.Publish", "Loop.Fetch|Loop.Settle|Source|Registry|Http|Commands")]
    [InlineData("Loop.Settle", "Loop.Fetch|Loop.Map|Loop.Publish|Registry|Positions|Kafka|Http|Commands")]
    [InlineData("Loop", "Http|Commands")]
    [InlineData("Source", "Loop|Registry|Positions|Kafka|Http|Commands")]
    [InlineData("Registry", "Loop|Source|Positions|Kafka|Http|Commands")]
    [InlineData("Telemetry", "Loop|Registry|Positions|Kafka|Options|Http|Commands")]
    [InlineData("Options", "Loop|Registry|Positions|Kafka|Telemetry|Http|Commands")]
    [InlineData("Health", "Loop|Source|Registry|Positions|Kafka|Options|Telemetry|Waiting|Http|Commands")]
    [InlineData("Waiting", "Loop|Source|Registry|Positions|Kafka|Options|Telemetry|Health|Http|Commands")]
    [InlineData("Http", "Loop|Source|Registry|Positions|Kafka|Commands")]
    public void Folder_of_the_bridge_does_not_depend_on_those_beside_or_above_it(string folder, string forbidden) =>
        Check(Types().That().ResideInNamespaceMatching($@"^CanalBridge\.{folder}$").Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching($@"^CanalBridge\.({forbidden})(\.|$)")));

    [Fact]
    public void Publish_knows_of_map_what_comes_out_of_it() =>
        Check(Types().That().ResideInNamespaceMatching(@"^CanalBridge\.Loop\.Publish$").Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching(@"^CanalBridge\.Loop\.Map$").And().DoNotHaveNameMatching("^Mapped(Batch|Rows)$")));

    [Fact]
    public void Steps_do_not_know_the_loop() =>
        Check(Types().That().ResideInNamespaceMatching(@"^CanalBridge\.Loop\.").Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(@"^CanalBridge\.Loop$")));

    [Fact]
    public void Only_the_publisher_and_the_real_producer_know_the_transactional_calls() =>
        Check(Types().That().ResideInNamespaceMatching(@"^CanalBridge(\.|$)")
            .And().DoNotHaveFullNameMatching(@"^CanalBridge\.Loop\.Publish\.(TransactionalPublisher|ConfluentProducer|ConfluentProducerFactory|ITransactionalProducer|IProducerFactory)\b")
            .And().DoNotHaveFullNameMatching(@"^CanalBridge\.Commands\.Demo\.StandInKafka\b")
            .And().DoNotHaveFullNameMatching(@"^CanalBridge\.Commands\.Check\.TransactionProbe\b")
            .Should().NotDependOnAny(Types().That().HaveFullNameMatching(@"^(Confluent\.Kafka\.(IProducer|ProducerBuilder)|CanalBridge\.Loop\.Publish\.ITransactionalProducer)")));

    [Fact]
    public void Only_the_envelopes_and_their_serializer_know_an_envelope() =>
        Check(Types().That().ResideInNamespaceMatching(@"^CanalBridge(\.|$)")
            .And().DoNotResideInNamespaceMatching(@"^CanalBridge\.Serialization\.Envelopes")
            .And().DoNotHaveFullNameMatching(@"^CanalBridge\.Serialization\.EntrySerializer\b")
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(@"^CanalBridge\.Serialization\.Envelopes")));

    [Fact]
    public void Rules_see_the_dependencies_that_are_there()
    {
        Assert.NotEmpty(Violations(Types().That().ResideInAssemblyMatching("^Canal.Client,").Should().NotDependOnAny(Types().That().HaveFullNameMatching("^Google.Protobuf"))));
        Assert.NotEmpty(Violations(Types().That().ResideInAssemblyMatching("^CanalBridge.Serialization,").Should().NotDependOnAny(Types().That().ResideInAssemblyMatching("^Canal.Client,"))));
        Assert.NotEmpty(Violations(Types().That().ResideInNamespaceMatching(@"^CanalBridge\.Loop\.Publish$").Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(@"^CanalBridge\.(Positions)(\.|$)"))));
        Assert.NotEmpty(Violations(Types().That().HaveFullNameMatching("ConfluentProducer").Should().NotDependOnAny(Types().That().HaveFullNameMatching(@"^Confluent\.Kafka\.(IProducer|ProducerBuilder)"))));
        Assert.NotEmpty(Violations(Types().That().HaveFullNameMatching(@"EntrySerializer$").Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(@"^CanalBridge\.Serialization\.Envelopes"))));
    }

    private static void Check(TypesShouldConjunction rule)
    {
        string[] violations = Violations(rule);
        Assert.True(violations.Length == 0, string.Join('\n', violations));
    }

    private static string[] Violations(TypesShouldConjunction rule) =>
        [.. rule.Evaluate(Bridge).Where(static result => !result.Passed).Select(static result => result.Description)];
}
