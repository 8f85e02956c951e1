using System.CommandLine;
using Tandem.Data.Preparation;
using Tandem.Data.Sources;
using Tandem.Simulation;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem demo</c>: the whole loop on generated data, with no download.</summary>
internal static class DemoVerb
{
    public static Command Create()
    {
        var (seed, threads, run, json) = (CommonOptions.Seed(), CommonOptions.Threads(), CommonOptions.Run(), CommonOptions.Json());
        var verb = new Command("demo", "the whole loop on generated data, in a few minutes") { seed, threads, run, json };
        verb.SetAction((parsed, cancel) =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var number = parsed.GetValue(seed);
            var world = new GeneratedOptions { Seed = number, Users = 3_000, Items = 2_000 };
            var dataset = DatasetPreparation.Prepare(new GeneratedSource(world), number);
            var options = new SimulationOptions
            {
                Seed = number,
                DeviceItems = DeviceItems.Slices,
                ItemLimit = 300,
                SuccessorRows = 50,
                RequestRates = [0, 0.1, 0.2, 0.5, 1],
                Device = SimulationRun.DeviceRecipe(config: null, epochs: 30, number),
                Cloud = SimulationRun.CloudRecipe(epochs: 16, number) with { Model = new() { Width = 64, Blocks = 2, Hidden = 128 } },
            };
            return Task.FromResult(
                SimulationRun.Start(dataset, options, trained: null, parsed.GetValue(run), parsed.GetValue(json), cancel));
        });
        return verb;
    }
}
