using System.CommandLine;
using System.Globalization;
using Tandem.Cloud.Access;
using Tandem.Cloud.Stores;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem keys</c>: API keys of the service.</summary>
internal static class KeysVerb
{
    private static readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create() => new("keys", "API keys of the service: one for each app, for its devices or its operators")
    {
        Add(), List(), Revoke(),
    };

    private static Command Add()
    {
        var name = new Argument<string>("app") { Description = "whose devices see each other's events with it", HelpName = "APP" };
        var scope = new Option<ApiScope>("--scope") { Description = "what it allows", DefaultValueFactory = _ => ApiScope.Device };
        var days = new Option<double?>("--valid-days") { Description = "refused after so many days (default: never)", HelpName = "DAYS" };
        var store = ServeVerb.StoreOption();
        var verb = new Command("add", "make a key; it is shown this once, and kept as a hash") { name, scope, days, store, _json };
        verb.SetAction((parsed, cancel) => WithAsync(ServeVerb.StoreOf(parsed, store), async opened =>
        {
            using var keys = new ApiKeys(opened.Keys, TimeProvider.System);
            var validFor = parsed.GetValue(days) is { } length ? TimeSpan.FromDays(length) : (TimeSpan?)null;
            if (validFor <= TimeSpan.Zero) throw new UsageException($"--valid-days {parsed.GetValue(days)}: expected more than 0");
            var app = parsed.GetRequiredValue(name);
            if (app.Length is 0 or > DeviceId.LongestApp)
                throw new UsageException($"an app's name has 1 to {DeviceId.LongestApp} characters; this has {app.Length}");
            var (key, kept) = await keys.MakeAsync(app, parsed.GetValue(scope), validFor, cancel)
                .ConfigureAwait(false);
            if (parsed.GetValue(_json)) JsonLine.Print(new { Key = key, kept.Id, kept.App, kept.Scope, kept.Expires });
            else Terminal.Output.PrintLine(key);
        }, cancel));
        return verb;
    }

    private static Command List()
    {
        var store = ServeVerb.StoreOption();
        var verb = new Command("list", "the keys that there are, without what they are") { store, _json };
        verb.SetAction((parsed, cancel) => WithAsync(ServeVerb.StoreOf(parsed, store), async opened =>
        {
            var keys = await opened.Keys.ListAsync(cancel).ConfigureAwait(false);
            if (parsed.GetValue(_json))
            {
                JsonLine.Print(new { Keys = keys.Select(key => new { key.Id, key.App, key.Scope, key.Created, key.Expires }) });
                return;
            }

            foreach (var key in keys)
            {
                Terminal.Output.PrintLine(
                    $"{key.Id}  {key.App}  {key.Scope}  made {Time(key.Created)}{(key.Expires is { } end ? $", until {Time(end)}" : "")}");
            }
        }, cancel));
        return verb;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "as 'tandem keys list' shows it", HelpName = "ID" };
        var store = ServeVerb.StoreOption();
        var verb = new Command("revoke", "delete a key; a service refuses it within ten seconds") { id, store };
        verb.SetAction((parsed, cancel) => WithAsync(ServeVerb.StoreOf(parsed, store), async opened =>
        {
            if (!await opened.Keys.RevokeAsync(parsed.GetRequiredValue(id), cancel).ConfigureAwait(false))
                throw new UsageException($"{parsed.GetRequiredValue(id)}: there is no such key; 'tandem keys list' shows them");
        }, cancel));
        return verb;
    }

    private static async Task<int> WithAsync(string address, Func<IStore, Task> act, CancellationToken cancel)
    {
        var store = await Store.OpenAsync(address, cancel: cancel).ConfigureAwait(false);
        await using (store.ConfigureAwait(false)) await act(store).ConfigureAwait(false);
        return 0;
    }

    private static string Time(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
