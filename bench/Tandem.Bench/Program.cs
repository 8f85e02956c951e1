using System.Reflection;
using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Tandem.Bench -- --filter '*MatrixVector*' --job short
BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
