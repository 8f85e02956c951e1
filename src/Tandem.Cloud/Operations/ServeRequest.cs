namespace Tandem.Cloud.Operations;

/// <summary>An operator asks for a new version of a model.</summary>
/// <param name="Run">Folder of a finished training on the service's machine, inside one of its model folders.</param>
public sealed record ServeRequest(string Run)
{
    /// <summary>Longest <see cref="Run"/>, in characters.</summary>
    public const int LongestRun = 4_096;
}
