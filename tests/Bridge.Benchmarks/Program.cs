using BenchmarkDotNet.Running;

// Short runs: dotnet run -c Release --project tests/Bridge.Benchmarks -- --filter '*' --job short
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
