using System.CommandLine;
using System.Globalization;
using Tandem.Data.Preparation;
using Tandem.Device;
using Tandem.Protocol.Parameters;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem recommend</c>: a history that the model has never seen, through the device runtime.</summary>
internal static class RecommendVerb
{
    public static Command Create()
    {
        var run = new Argument<string>("run") { Description = "folder of a training run", HelpName = "RUN" };
        var history = new Option<string[]>("--history")
        {
            Description = "item keys of the data set, oldest first, separated by commas; may be repeated, "
                + "and a key with commas in it then stands by itself",
            HelpName = "KEY,KEY,…",
        };
        var file = new Option<string?>("--history-file")
        {
            Description = "a file of item keys in place of --history, one a line, oldest first, each as it is",
            HelpName = "FILE",
        };
        var count = new Option<int>("--count", "-k") { Description = "items to recommend", DefaultValueFactory = _ => 10 };
        var packet = new Option<string?>("--packet")
        {
            Description = "weights of the user's own, as 'tandem parameters make' writes them",
            HelpName = "FILE",
        };
        var json = CommonOptions.Json();
        var verb = new Command("recommend", "recommend for a history of item keys, with no cloud and no Torch")
        {
            run, history, file, packet, count, json,
        };
        verb.SetAction(parsed =>
        {
            var (folder, k) = (parsed.GetRequiredValue(run), parsed.GetValue(count));
            if (k < 1) throw new UsageException($"--count {k}: at least 1 item can be asked for");
            var model = RunDevice.Open(folder);
            var catalog = DatasetFolder.Read(Path.Combine(folder, "dataset")).Catalog;
            var session = new DeviceSession(model, new DeviceSessionOptions());
            if (parsed.GetValue(packet) is { } path) Apply(session, path);
            foreach (var item in HistoryKeys.Find(catalog, parsed.GetValue(history) ?? [], parsed.GetValue(file))) session.Observe(item);
            var best = session.Recommend(k).Select(r => new { catalog[r.Item].Key, catalog[r.Item].Title, Score = r.DeviceScore })
                .ToArray();
            if (best.Length == 0) Terminal.Error.PrintLine("nothing is left to recommend: the history has every item of the data set");
            if (parsed.GetValue(json))
            {
                JsonLine.Print(new { Items = best });
            }
            else
            {
                foreach (var item in best)
                {
                    Terminal.Output.PrintLine(
                string.Create(CultureInfo.InvariantCulture, $"{item.Score,8:0.000}  {item.Key}  {item.Title}"));
                }
            }

            return 0;
        });
        return verb;
    }

    private static void Apply(DeviceSession session, string path)
    {
        if (!File.Exists(path)) throw new UsageException($"--packet {path}: no such file; make one with 'tandem parameters make'");
        if (!ParameterPacket.TryParse(File.ReadAllBytes(path), out var packet, out var fault) || !session.TryApply(packet, out fault))
            throw new UsageException($"--packet {path}: refused: {fault}");
    }
}
