using System.CommandLine;
using System.Globalization;
using Tandem.Data;
using Tandem.Device;
using Tandem.Device.Models;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem recommend</c>: a history that the model has never seen, through the device runtime.</summary>
internal static class RecommendVerb
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "folder of a training run", HelpName = "RUN" };
        var history = new Option<string[]>("--history")
        {
            Description = "item keys of the data set, oldest first, separated by commas",
            Required = true,
            HelpName = "KEY,KEY,…",
            CustomParser = argument => argument.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray(),
        };
        var count = new Option<int>("--count", "-k") { Description = "items to recommend", DefaultValueFactory = _ => 10 };
        var json = CommonOptions.Json();
        var verb = new Command("recommend", "recommend for a history of item keys, with no cloud and no Torch") { run, history, count, json };
        verb.SetAction(parsed =>
        {
            var (folder, k) = (parsed.GetRequiredValue(run), parsed.GetValue(count));
            if (k < 1) throw new UsageException($"--count {k}: at least 1 item can be asked for");
            var bundle = Path.Combine(folder, "bundle");
            if (File.Exists(Path.Combine(folder, Models.RunRecipe.FileName)) && !Directory.Exists(bundle))
                throw new UsageException($"{folder}: its model has no device runtime, so there is no bundle; expected a run of sasrec, gru4rec, hstu, ttt or din");
            var catalog = DatasetFolder.Read(Path.Combine(folder, "dataset")).Catalog;
            var session = new DeviceSession(DeviceModel.Open(bundle), new DeviceSessionOptions());
            foreach (var key in parsed.GetRequiredValue(history)) session.Observe(Find(catalog, key));
            var best = session.Recommend(k).Select(r => new { catalog[r.Item].Key, catalog[r.Item].Title, Score = r.DeviceScore }).ToArray();
            if (parsed.GetValue(json)) JsonLine.Print(new { Items = best });
            else foreach (var item in best) Terminal.Output.PrintLine(string.Create(CultureInfo.InvariantCulture, $"{item.Score,8:0.000}  {item.Key}  {item.Title}"));
            return 0;
        });
        return verb;
    }

    private static int Find(Catalog catalog, string key) => catalog.FindId(key) switch
    {
        0 => throw new UsageException($"--history: no item has the key '{key}'; expected keys of the run's data set, such as '{catalog[1].Key}'"),
        var id => id,
    };
}
