using System.CommandLine;
using System.Net;
using Tandem.Data;
using Tandem.Device;
using Tandem.Device.Collaboration;
using Tandem.Device.Http;
using Tandem.Protocol.Bundles;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem device</c>: a device in a terminal, to try a bundle and a cloud service with.</summary>
internal static class DeviceVerb
{
    public static Command Create()
    {
        var bundle = new Option<string>("--bundle")
        {
            Description = "a bundle's folder, or with --cloud the name of one that the service holds",
            Required = true,
            HelpName = "DIR|NAME",
        };
        var address = new Option<string?>("--cloud")
        {
            Description = "address of the cloud service; without it nothing is asked",
            HelpName = "URL",
        };
        var user = new Option<string>("--user")
        {
            Description = "what the service calls this device, visible ASCII",
            DefaultValueFactory = _ => "terminal",
            HelpName = "ID",
        };
        var key = new Option<string?>("--key") { Description = "an API key or token (default: the variable TANDEM_KEY)", HelpName = "KEY" };
        var signer = new Option<string?>("--signer")
        {
            Description = "a file with the public key (PEM) that a fetched bundle has to be signed with",
            HelpName = "FILE",
        };
        var isPrivate = new Option<bool>("--private")
        {
            Description = "tell the service codes that many items share, and no items; clicks are not sent",
        };
        var every = new Option<int?>("--ask-every")
        {
            Description = "ask once in so many clicks (default: as the bundle says)",
            HelpName = "N",
        };
        var outbox = new Option<string?>("--outbox")
        {
            Description = "a file in which clicks wait until the service has them (default: none are sent)",
            HelpName = "FILE",
        };
        var clicks = new Option<string[]>("--clicks")
        {
            Description = "item keys to click in place of typing them, separated by commas; may be repeated, "
                + "and a key with commas in it then stands by itself",
            HelpName = "KEY,KEY,…",
        };
        var count = new Option<int>("--count", "-k") { Description = "items to show", DefaultValueFactory = _ => 10 };
        var json = new Option<bool>("--json") { Description = "one JSON object a click in place of tables" };
        var verb = new Command("device", "a device in this terminal: ranks, takes clicks, asks the cloud")
        {
            bundle, address, user, key, signer, isPrivate, every, outbox, clicks, count, json,
        };
        verb.SetAction(async (parsed, cancel) =>
        {
            var k = parsed.GetValue(count);
            if (k < 1) throw new UsageException($"--count {k}: at least 1 item can be shown");
            using var client = Client(parsed.GetValue(address));
            var cloud = client is null ? null : Cloud(
                client, parsed.GetRequiredValue(user), parsed.GetValue(key) ?? Environment.GetEnvironmentVariable("TANDEM_KEY"),
                parsed.GetValue(signer));
            var model = await OpenAsync(parsed.GetRequiredValue(bundle), cloud, cancel);
            if (parsed.GetValue(isPrivate) && parsed.GetValue(outbox) is not null)
                throw new UsageException("--outbox sends clicks, which --private keeps here; leave one of both out");
            using var events = Outbox(parsed.GetValue(outbox), cloud, model);
            ICloud? asked = parsed.GetValue(isPrivate) ? await PrivateAsync(cloud, cancel) : cloud;
            var options = new DeviceSessionOptions { Policy = Policy(parsed.GetValue(every)) };
            if (cloud is not null) options = await AssignedAsync(options, cloud, parsed.GetRequiredValue(user), cancel);
            using var session = new DeviceSession(model, options) { Outbox = events };
            var device = new TerminalDevice(session, asked, events, k);
            if (parsed.GetValue(clicks) is [_, ..] keys)
                await ClickAsync(device, ClickedItems.Find(model, keys), parsed.GetValue(json), cancel);
            else
                await new DeviceScreen(device, Console.In, parsed.GetValue(json)).RunAsync(cancel);
            return 0;
        });
        return verb;
    }

    private static async Task ClickAsync(TerminalDevice device, IReadOnlyList<int> items, bool asJson, CancellationToken cancel)
    {
        foreach (var item in items) DeviceScreen.Show(await device.ClickAsync(item, cancel), asJson);
    }

    private static HttpClient? Client(string? address)
    {
        if (address is null) return null;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            throw new UsageException($"--cloud {address}: no address; expected one such as https://cloud.example");
        return new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All })
        {
            BaseAddress = uri,
            Timeout = Timeout.InfiniteTimeSpan, // calls have deadlines of their own
        };
    }

    private static HttpCloud Cloud(HttpClient client, string user, string? key, string? signer)
    {
        if (signer is not null && !File.Exists(signer)) throw new UsageException($"--signer {signer}: no such file");
        try
        {
            return new(client, new() { DeviceId = user, Key = key, BundleKey = signer is null ? null : File.ReadAllText(signer) });
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--cloud, --user, --key or --signer: {e.Message}");
        }
    }

    private static async Task<DeviceModel> OpenAsync(string bundle, HttpCloud? cloud, CancellationToken cancel)
    {
        if (Directory.Exists(bundle)) return DeviceModel.Open(bundle);
        if (cloud is null) throw new UsageException($"--bundle {bundle}: no such folder; to fetch a bundle by name give --cloud, too");
        var answer = await cloud.GetBundleAsync(new() { Name = bundle }, cancel);
        if (answer.Value is not { } files)
            throw new UsageException($"--bundle {bundle}: no folder here, and the cloud says {answer.Fault}");
        return files.TryOpen(out var opened, out var fault) && DeviceModel.TryLoad(opened, out var model, out fault)
            ? model
            : throw new BundleException($"{bundle} of the cloud: {fault}");
    }

    /// <summary>As the experiments of the service want it, where it answers; what the command line says comes first.</summary>
    private static async Task<DeviceSessionOptions> AssignedAsync(
        DeviceSessionOptions options, HttpCloud cloud, string user, CancellationToken cancel)
    {
        if ((await cloud.GetAssignmentAsync(cancel)).Value?.Rules is not { } rules) return options;
        var assigned = options.With(rules, unchecked((int)NamedSeed.Derive(0, user)));
        return options.Policy is null ? assigned : assigned with { Policy = options.Policy };
    }

    private static async Task<PrivateCloud> PrivateAsync(HttpCloud? cloud, CancellationToken cancel)
    {
        if (cloud is null) throw new UsageException("--private: there is nobody to keep anything from; give --cloud, too");
        var answer = await cloud.GetItemCodesAsync(cancel);
        return answer.Value is { } codes
            ? new(cloud, codes)
            : throw new UsageException($"--private: the service gives no codes of the items: {answer.Fault}");
    }

    private static EventOutbox? Outbox(string? path, HttpCloud? cloud, DeviceModel model)
    {
        if (path is null) return null;
        if (cloud is null) throw new UsageException("--outbox: there is nobody to send events to; give --cloud, too");
        return EventOutbox.TryOpen(path, model.CatalogVersion, new(), out var outbox, out var fault)
            ? outbox
            : throw new UsageException($"--outbox: {fault}");
    }

    private static EveryEvents? Policy(int? every) => every switch
    {
        null => null,
        >= 1 => new(every.Value),
        _ => throw new UsageException($"--ask-every {every}: at least 1 click lies between two requests"),
    };
}
