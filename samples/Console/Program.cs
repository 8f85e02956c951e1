using System.Diagnostics;
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
    foreach (var item in arguments.Items)
    {
        if (item < 1 || item > model.Shape.Items) return Fail($"item {item}: items of this bundle run from 1 to {model.Shape.Items}");
        session.Observe(item);
    }

    var best = session.Recommend(MostShown);
    var (delay, residentBytes) = (Delay.UntilNow(entered, arguments.StartedUnixNs), Environment.WorkingSet);
    var clicks = arguments.Clicks > 0 ? ClickTimes.Measure(model, arguments.Clicks) : null;
    new Answer(best, delay, residentBytes, clicks).Print(Console.Out, arguments.AsJson);
    return 0;
}
catch (BundleException e)
{
    return Fail(e.Message);
}

static int Fail(string message)
{
    Console.Error.WriteLine($"error: {message}");
    return 2;
}
