using Tandem.Data;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;

namespace Tandem.Cli;

/// <summary>The data set behind <c>--data</c>, known to have something to measure.</summary>
internal static class DatasetArgument
{
    public static (SequenceDataset Dataset, LeaveOneOut Split) Open(string folder, int seed)
    {
        var dataset = OpenDataset(folder, seed);
        var split = new LeaveOneOut(dataset);
        if (split.EvaluatedUsers.IsEmpty)
            throw new DatasetException("no user has three events", folder, "two held out and one to learn from", "give longer histories");
        return (dataset, split);
    }

    /// <summary>The data set under a protocol.</summary>
    public static ISplit Open(string folder, string protocol, int seed, int core)
    {
        if (core < 1) throw new UsageException($"--core {core}: at least 1 event is needed");
        return SplitProtocol.Create(protocol, OpenDataset(folder, seed, core));
    }

    /// <summary>The data set; of a raw folder what was noticed while it was read is printed on standard error.</summary>
    public static SequenceDataset OpenDataset(string folder, int seed, int core = 1)
    {
        var prepared = DatasetFolder.Exists(folder);
        var dataset = DatasetFolder.Open(folder, seed, core);
        if (!prepared) PrintNotes(dataset);
        return dataset;
    }

    /// <summary>Prints on standard error what was noticed while the source was read, a line each.</summary>
    public static void PrintNotes(SequenceDataset dataset)
    {
        foreach (var line in dataset.Reading.Lines)
            Terminal.Error.PrintLine("note: " + line);
    }
}
