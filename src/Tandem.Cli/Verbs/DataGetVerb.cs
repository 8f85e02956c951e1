using System.CommandLine;
using System.Globalization;
using Tandem.Data.Published;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem data get</c>: a data set from its publisher, compared with the publisher's checksum where there is one.</summary>
internal static class DataGetVerb
{
    private static readonly Argument<string> _name = new("name") { Description = "a name of 'tandem data list'", HelpName = "NAME" };
    private static readonly Option<string?> _out = new("--out")
    {
        Description = "the folder to fill (default: data/NAME)",
        HelpName = "DIR",
    };
    private static readonly Option<Uri?> _mirror = new("--mirror")
    {
        Description = "a folder on another server with the publisher's files, checksums included",
        HelpName = "URL",
        CustomParser = argument =>
        {
            if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return url;
            argument.AddError($"--mirror {argument.Tokens[0].Value}: an address that begins with http:// or https:// is needed");
            return null;
        },
    };

    private static readonly Option<bool> _again = new("--again")
    {
        Description = "fetch anew what is there, and refuse it unless it has the hash recorded",
    };

    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var verb = new Command("get", "fetch a data set from its publisher; a download that was cut off goes on where it stopped")
        {
            _name, _out, _mirror, _again, _json,
        };
        verb.SetAction(RunAsync);
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var set = PublishedDatasets.Find(parsed.GetRequiredValue(_name));
        if (parsed.GetValue(_mirror) is { } mirror) set = set.From(mirror);
        var folder = parsed.GetValue(_out) ?? Path.Combine("data", set.Name);
        Terminal.Error.PrintLine($"{set.Name}: {set.Licence}; {set.Page}");

        using var http = new HttpClient();
        http.DefaultRequestHeaders.UserAgent.ParseAdd("tandem");
        var record = await new DatasetDownload(http, new DownloadOptions(), TimeProvider.System, new WatchedDownload())
            .FetchAsync(set, folder, parsed.GetValue(_again), cancel);
        if (parsed.GetValue(_json))
        {
            JsonLine.Print(
            new { record.Name, record.Licence, record.Page, record.FetchedAt, record.Files, Folder = folder });
        }
        else
        {
            Print(record, folder);
        }

        return 0;
    }

    private static void Print(FetchRecord record, string folder)
    {
        foreach (var file in record.Files)
        {
            var trust = file.VerifiedBy == FetchedFile.FirstUse
                ? "no checksum is published: trusted on first use, recorded for the next"
                : $"agrees with {file.VerifiedBy}";
            Terminal.Output.PrintLine($"{file.Name}: SHA-256 {file.Sha256}; {trust}");
        }
        Terminal.Output.PrintLine(
            string.Create(CultureInfo.InvariantCulture, $"{record.Name} → {folder}, fetched {record.FetchedAt:yyyy-MM-dd HH:mm} UTC"));
    }
}
