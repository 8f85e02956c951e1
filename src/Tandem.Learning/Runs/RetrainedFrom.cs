using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Learning.Runs;

/// <summary>Where a run that was trained again has the data from that it grew from: <c>retrained.json</c>.</summary>
internal static class RetrainedFrom
{
    private const string FileName = "retrained.json", Member = "grownFrom";

    /// <summary>The run whose data a run grew from; itself where it was not trained again.</summary>
    /// <exception cref="RunException">The file is damaged, or the run that it names is gone.</exception>
    public static string Of(string run)
    {
        var path = Path.Combine(run, FileName);
        if (!File.Exists(path)) return run;
        try
        {
            var named = JsonNode.Parse(File.ReadAllText(path))?[Member]?.GetValue<string>();
            if (named is not null && Directory.Exists(named)) return named;
            throw new RunException($"{path}: the run with the data that this one grew from, {named ?? "null"}, is not there; put it back");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new RunException($"{path}: expected an object with '{Member}', the folder of a run: {e.Message}");
        }
    }

    public static void Write(RunFolder run, string grownFrom)
    {
        Directory.CreateDirectory(run.Path);
        RunJson.Save(new Dictionary<string, string> { [Member] = Path.GetFullPath(grownFrom) }, run.File(FileName));
    }
}
