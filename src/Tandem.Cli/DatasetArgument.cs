using Tandem.Data;
using Tandem.Data.Splits;

namespace Tandem.Cli;

/// <summary>The data set behind <c>--data</c>, known to have something to measure.</summary>
internal static class DatasetArgument
{
    public static (SequenceDataset Dataset, LeaveOneOut Split) Open(string folder, int seed)
    {
        var dataset = DatasetFolder.Open(folder, seed);
        var split = new LeaveOneOut(dataset);
        if (split.EvaluatedUsers.IsEmpty)
            throw new DatasetException("no user has three events", folder, "two held out and one to learn from", "give longer histories");
        return (dataset, split);
    }

    /// <summary>The data set under a protocol; <c>-refit</c> at its end asks to train once more with the validation events.</summary>
    public static (ISplit Split, bool Refit) Open(string folder, string protocol, int seed)
    {
        const string Refit = "-refit";
        var refit = protocol.EndsWith(Refit, StringComparison.Ordinal);
        var name = refit ? protocol[..^Refit.Length] : protocol;
        if (name != "loo") throw new UsageException($"--protocol {protocol}: expected loo or loo-refit");
        return (Open(folder, seed).Split, refit);
    }
}
