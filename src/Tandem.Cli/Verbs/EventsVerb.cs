using System.CommandLine;
using Tandem.Cloud.Events;
using Tandem.Cloud.Stores;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem events export</c>: what the service has kept, as a table.</summary>
internal static class EventsVerb
{
    public static Command Create()
    {
        var store = ServeVerb.StoreOption();
        var path = new Option<string>("--out")
        {
            Description = "a Parquet file; one that is there is replaced",
            HelpName = "FILE",
            Required = true,
        };
        var app = new Option<string?>("--app") { Description = "events of this app alone (default: of all)", HelpName = "APP" };
        var after = new Option<long>("--after")
        {
            Description = "events of a greater sequence, to go on from an earlier export",
            HelpName = "SEQUENCE",
        };
        var json = CommonOptions.Json();
        var export = new Command("export", "events in the order of their arrival, as a Parquet file") { store, path, app, after, json };
        export.SetAction(async (parsed, cancel) =>
        {
            var opened = await Store.OpenAsync(ServeVerb.StoreOf(parsed, store), cancel: cancel).ConfigureAwait(false);
            await using (opened.ConfigureAwait(false))
            {
                var file = parsed.GetRequiredValue(path);
                var events = await EventExport.WriteAsync(
                    opened.Events, file, parsed.GetValue(app), parsed.GetValue(after), cancel).ConfigureAwait(false);
                if (parsed.GetValue(json)) JsonLine.Print(new { Events = events, Out = file });
                else Terminal.Output.PrintLine($"{events} events → {file}");
            }

            return 0;
        });
        return new Command("events", "what devices have reported to the service") { export };
    }
}
