using System.CommandLine;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem data</c>: from a publisher's files to a dataset folder.</summary>
internal static class DataVerb
{
    public static Command Create() => new("data", "list, fetch and prepare data sets")
    {
        DataListVerb.Create(),
        DataGetVerb.Create(),
        DataPrepareVerb.Create(),
    };
}
