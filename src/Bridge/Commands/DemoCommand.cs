using System.CommandLine;
using CanalBridge.Commands.Demo;

namespace CanalBridge.Commands;

/// <summary><c>canal-bridge demo</c>: the very loop of <c>run</c> between two stand-ins, on recorded traffic; no set-up at all.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var rate = new Option<double>("--rate") { Description = "Entries per second; 0 = as fast as it goes.", DefaultValueFactory = _ => 0 };
        var repeat = new Option<int>("--repeat") { Description = "How often the recording is replayed.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "One JSON line per record: topic, key, value, headers." };
        rate.Validators.Add(static result => OptionRules.RefuseBelow(result, 0));
        repeat.Validators.Add(static result => OptionRules.RefuseBelow(result, 1));
        var command = new Command("demo", "Replays recorded changes of a small shop through the bridge and prints each record as a consumer reads it.") { rate, repeat, json };
        command.SetAction((parsed, cancellationToken) => new DemoRun(parsed.GetValue(rate), parsed.GetValue(repeat), parsed.GetValue(json)).RunAsync(cancellationToken));
        return command;
    }
}
