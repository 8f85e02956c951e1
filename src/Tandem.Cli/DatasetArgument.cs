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

    /// <summary>The data set under a protocol.</summary>
    public static ISplit Open(string folder, string protocol, int seed, int core)
    {
        if (core < 1) throw new UsageException($"--core {core}: at least 1 event is needed");
        return SplitProtocol.Create(protocol, DatasetFolder.Open(folder, seed, core));
    }
}
