using System.CommandLine;
using Tandem.Data;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem data prepare</c>: raw files to a dataset folder.</summary>
internal static class DataVerb
{
    public static Command Create()
    {
        var raw = new Argument<string>("raw") { Description = "folder of a known layout", HelpName = "RAW" };
        var output = new Option<string>("--out") { Description = "the dataset folder to write", Required = true, HelpName = "DIR" };
        var (seed, json) = (CommonOptions.Seed(), CommonOptions.Json());
        var prepare = new Command("prepare", "read raw files, re-draw the item numbers at random, write a dataset folder") { raw, output, seed, json };
        prepare.SetAction(parsed =>
        {
            var dataset = DatasetFolder.Open(parsed.GetRequiredValue(raw), parsed.GetValue(seed));
            DatasetFolder.Write(dataset, parsed.GetRequiredValue(output));
            var result = new
            {
                dataset.Name,
                dataset.Users,
                Items = dataset.Catalog.Count,
                dataset.Interactions,
                dataset.HasTimes,
                dataset.Catalog.HasSemanticIds,
                dataset.Seed,
                dataset.Hash,
                Folder = parsed.GetRequiredValue(output),
            };
            if (parsed.GetValue(json)) JsonLine.Print(result);
            else Terminal.Output.PrintLine($"{dataset.Name}: {dataset.Users} users, {dataset.Catalog.Count} items, {dataset.Interactions} interactions → {result.Folder}");
            return 0;
        });
        return new Command("data", "prepare data sets") { prepare };
    }
}
