namespace Tandem.Cloud.Operations;

/// <summary>What operators may do over HTTP.</summary>
public sealed record OperatorOptions
{
    /// <summary>Folders that they may load new runs from. Default none: no run can be loaded over HTTP.</summary>
    public IReadOnlyList<string> RunFolders { get; init; } = [];

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate() =>
        RunFolders.Where(folder => !Directory.Exists(folder)).Select(folder => $"RunFolders: {folder} is no folder");
}
