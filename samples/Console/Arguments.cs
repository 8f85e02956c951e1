using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tandem.Samples;

/// <summary>What the program was asked for.</summary>
/// <param name="Bundle">The bundle's folder.</param>
/// <param name="Items">Items of the events, oldest first: keys where the bundle holds keys, ids where it does not.</param>
/// <param name="AsJson">True for one JSON object instead of lines.</param>
/// <param name="StartedUnixNs">When the caller started this process, in unix nanoseconds; null where it did not say.</param>
/// <param name="Clicks">How many clicks to time after the answer; 0 for none.</param>
/// <param name="Cloud">The service to ask; null for none.</param>
internal sealed record Arguments(
    string Bundle, IReadOnlyList<string> Items, bool AsJson, long? StartedUnixNs, int Clicks, CloudArguments? Cloud)
{
    private const string Usage = "usage: tandem-device BUNDLE [ITEM ...] [--json] [--started UNIX_NANOSECONDS] [--clicks N] "
        + "[--cloud URL [--key KEY] [--device ID] [--outbox FILE]]";

    public static bool TryParse(
        ReadOnlySpan<string> words, [NotNullWhen(true)] out Arguments? arguments, [NotNullWhen(false)] out string? fault)
    {
        (arguments, fault) = (null, null);
        var (bundle, items, asJson, started, clicks) = ((string?)null, new List<string>(), false, (long?)null, 0);
        var (cloud, asksCloud) = (new CloudArguments(), false);
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] == "--json") asJson = true;
            else if (words[i] == "--started" && i + 1 < words.Length && TryRead(words[i + 1], out long at)) (started, i) = (at, i + 1);
            else if (words[i] == "--clicks" && i + 1 < words.Length && TryRead(words[i + 1], out int count) && count > 0)
                (clicks, i) = (count, i + 1);
            else if (i + 1 < words.Length && cloud.TryTake(words[i], words[i + 1])) (asksCloud, i) = (true, i + 1);
            else if (words[i].StartsWith("--", StringComparison.Ordinal)) fault ??= $"'{words[i]}' is not understood; {Usage}";
            else if (bundle is null) bundle = words[i];
            else items.Add(words[i]);
        }

        fault ??= bundle is null || (asksCloud && cloud.Address is null) ? Usage : null;
        if (fault is null) arguments = new(bundle!, items, asJson, started, clicks, asksCloud ? cloud : null);
        return fault is null;
    }

    private static bool TryRead<T>(string word, out T value)
        where T : struct, ISpanParsable<T> => T.TryParse(word, CultureInfo.InvariantCulture, out value);
}
