using System.Reflection;
using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Tandem.Bench -- --filter '*MatrixVector*' --job short --inProcess
BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
