using Tandem.Learning.Runs;

namespace Tandem.Cli;

/// <summary>Tells where a run lies that named its own folder.</summary>
internal static class RunStart
{
    /// <summary>To be called before anything is written to the folder.</summary>
    public static void Announce(RunFolder run)
    {
        if (run.IsNamedHere) Terminal.Error.PrintLine($"run folder {run.Path}; if the run is cut off, --run {run.Path} continues it");
    }
}
