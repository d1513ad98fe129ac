using System.Globalization;
using System.Net;
using CanalBridge.Options;
using CanalBridge.Registry;
using Confluent.SchemaRegistry;

namespace CanalBridge.Commands.Check;

/// <summary>The schema registry, where records are in Avro: looks up a schema that is not there, and registers nothing.</summary>
internal sealed class RegistryCheck(BridgeOptions options, CheckSettings settings, Chain chain)
{
    private const string Subject = "canal-bridge-check", Schema = "\"null\"";

    public async Task RunAsync()
    {
        if (!options.Envelope.Traits.NeedsRegistry)
        {
            chain.Skip(new Said(Texts.RegistryNotUsed, options.Envelope.Format), Steps.RegistryConnection);
            return;
        }

        await chain.StepAsync(Steps.RegistryConnection, settings.StepLimit, AskAsync);
    }

    private async Task AskAsync(Findings findings, CancellationToken cancellationToken)
    {
        string url = options.Registry.Url!;
        using CachedSchemaRegistryClient client = SchemaRegistry.Client(options.Registry);
        try
        {
            // The client's own bound is not kept where a server accepts the request and keeps silent.
            await client.GetSchemaIdAsync(Subject, new Schema(Schema, SchemaType.Avro)).WaitAsync(settings.StepLimit, TimeProvider.System, cancellationToken);
            findings.Ok(Texts.RegistryAnswers, url, findings.Milliseconds);
        }
        catch (SchemaRegistryException e) when (e.ErrorCode is 40401 or 40402 or 40403)
        {
            // "No such subject": it speaks the protocol, and takes the login.
            findings.Ok(Texts.RegistryAnswers, url, findings.Milliseconds);
        }
        catch (SchemaRegistryException e) when (e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            findings.Fail(new Said(Texts.RegistryRefused, url, ((int)e.Status).ToString(CultureInfo.InvariantCulture)), new Said(Texts.RegistryRefusedRemedy));
        }
        catch (SchemaRegistryException e)
        {
            findings.Fail(new Said(Texts.RegistryOdd, url, ((int)e.Status).ToString(CultureInfo.InvariantCulture)), new Said(Texts.RegistryRemedy));
        }
        catch (HttpRequestException e)
        {
            findings.Fail(new Said(Texts.RegistryUnreachable, url, new Quoted((e.InnerException ?? e).Message.TrimEnd('.'))), new Said(Texts.RegistryRemedy));
        }
        catch (TimeoutException)
        {
            findings.Fail(new Said(Texts.RegistrySilent, url, settings.StepLimit.TotalSeconds), new Said(Texts.RegistryRemedy));
        }
    }
}
