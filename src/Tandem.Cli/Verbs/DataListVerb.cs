using System.CommandLine;
using Tandem.Data.Published;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem data list</c>: the data sets that can be fetched by name.</summary>
internal static class DataListVerb
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var verb = new Command("list", "list the data sets that 'tandem data get' fetches, with their licences") { json };
        verb.SetAction(parsed =>
        {
            if (parsed.GetValue(json)) JsonLine.Print(new { Datasets = PublishedDatasets.All.Select(Summary) });
            else foreach (var set in PublishedDatasets.All) Print(set);
            return 0;
        });
        return verb;
    }

    private static object Summary(PublishedDataset set) => new
    {
        set.Name,
        set.Content,
        set.Size,
        set.Licence,
        set.Page,
        Checksum = set.Files.All(file => file.Checksum is not null) ? "publisher's MD5" : FetchedFile.FirstUse,
        Urls = set.Files.Select(file => file.Url),
    };

    private static void Print(PublishedDataset set)
    {
        Terminal.Output.PrintLine($"{set.Name,-26}{set.Size ?? "size not stated",-17}{set.Content}");
        Terminal.Output.PrintLine($"{"",-26}{set.Licence}; {set.Page}");
    }
}
