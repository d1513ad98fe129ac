using BenchmarkDotNet.Running;

// Short runs: dotnet run -c Release --project tests/Bridge.Benchmarks -- --filter '*' --job short
BenchmarkSwitcher.FromAssembly(typeof(CanalBridge.Benchmarks.EntryToEnvelope).Assembly).Run(args);
