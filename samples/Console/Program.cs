using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tandem.Device;
using Tandem.Protocol.Bundles;
using Tandem.Samples;

const int MostShown = 10;

var entered = Stopwatch.GetTimestamp();
if (!Arguments.TryParse(args, out var arguments, out var fault)) return Fail(fault);
try
{
    var model = DeviceModel.Open(arguments.Bundle);
    var session = new DeviceSession(model, new DeviceSessionOptions());
    if (arguments.Cloud is not null && !CloudFeature.IsIn)
        return Fail("this program was built without HTTP; publish it with -p:Cloud=true");
    if (!TryOpenOutbox(arguments.Cloud, session, out fault)) return Fail(fault);
    using var outbox = session.Outbox;
    foreach (var word in arguments.Items)
    {
        if (!TryFind(model, word, out var item, out fault)) return Fail(fault);
        session.Observe(item);
    }

    var cloud = arguments.Cloud is { } asked ? Ask(asked, session) : null;
    var best = session.Recommend(MostShown);
    var (delay, residentBytes) = (Delay.UntilNow(entered, arguments.StartedUnixNs), Environment.WorkingSet);
    var clicks = arguments.Clicks > 0 ? ClickTimes.Measure(model, arguments.Clicks) : null;
    new Answer(best, model.HoldsKeys ? model.Items : null, delay, residentBytes, clicks, cloud).Print(Console.Out, arguments.AsJson);
    return 0;
}
catch (Exception e) when (e is BundleException or ArgumentException) // the latter of an address, device or key
{
    return Fail(e.Message);
}

static bool TryFind(DeviceModel model, string word, out int item, [NotNullWhen(false)] out string? fault)
{
    if (model.HoldsKeys) item = model.Items.Find(word);
    else if (!int.TryParse(word, CultureInfo.InvariantCulture, out item) || item > model.Shape.Items) item = 0;
    fault = item > 0 ? null
        : model.HoldsKeys ? $"no item of this bundle has the key '{word}'; keys look like '{model.Items[1]}'"
        : $"'{word}' is no item: this bundle holds no keys, and its ids run from 1 to {model.Shape.Items}";
    return fault is null;
}

static bool TryOpenOutbox(CloudArguments? cloud, DeviceSession session, [NotNullWhen(false)] out string? fault)
{
    fault = null;
    return !CloudFeature.IsIn || CloudReport.TryOpenOutbox(cloud, session, out fault);
}

// Waited for here, for a Main that awaits costs a program without HTTP 0.25 MB.
static CloudReport? Ask(CloudArguments cloud, DeviceSession session) =>
    CloudFeature.IsIn ? CloudReport.AskAsync(cloud, session).GetAwaiter().GetResult() : null;

static int Fail(string message)
{
    Console.Error.WriteLine($"error: {message}");
    return 2;
}
