using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Protocol.Collaboration;
using Tandem.Protocol.Items;

namespace Tandem.Protocol.Bundles;

/// <summary>What a bundle says of itself, in <c>manifest.json</c>.</summary>
public sealed record BundleManifest
{
    /// <summary>The format that this build writes, and the only one that it reads.</summary>
    public const int CurrentFormat = 3;

    /// <summary>Version of the folder's layout. Raised only when an older reader would misread it.</summary>
    [JsonRequired]
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Name of the model, the same over all its versions.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the model: opaque text, compared for equality only.</summary>
    public required string Version { get; init; }

    /// <summary>
    /// Hash of the item numbering. Lists and models of different catalog versions are never mixed: their ids mean different items.
    /// </summary>
    public required string CatalogVersion { get; init; }

    /// <summary>Dimensions of the sequence model.</summary>
    public required BackboneShape Backbone { get; init; }

    /// <summary>
    /// How counts of successors, which then lie beside the weights (<see cref="SuccessorTable"/>), join the scores; null, the default,
    /// where the model is without.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SuccessorJoin? Successors { get; init; }

    /// <summary>
    /// How what items are like joins the scores; null, the default, where the model is without. The vectors (<see cref="ContentRows"/>) lie
    /// beside the weights where the item table does, and come in slices where it does not.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ContentJoin>? Contents { get; init; }

    /// <summary>How the device works with a cloud; null, the default, where the app is to say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CollaborationRules? Collaboration { get; init; }

    /// <summary>Every file of the bundle but the manifest. <see cref="Bundle.Write"/> fills it in.</summary>
    [JsonRequired]
    public IReadOnlyList<BundleFile> Files { get; init; } = [];

    /// <summary>
    /// SHA-256 of <c>manifest.json</c> with these 64 hexadecimal digits taken for zeros: a changed bit anywhere in the file is found, also
    /// in the name of a member that may be missing. <see cref="Bundle.Write"/> fills it in.
    /// </summary>
    [JsonRequired]
    public string ManifestSha256 { get; init; } = ManifestSeal.Zeros;

    /// <summary>Every fault of the manifest itself, the files' contents aside; empty when it can be trusted to open them.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (Format != CurrentFormat)
            faults.Add($"format {Format}, this build reads format {CurrentFormat}: update the app or export again");
        if (string.IsNullOrWhiteSpace(Name)) faults.Add("name is empty");
        if (string.IsNullOrWhiteSpace(Version)) faults.Add("version is empty");
        if (string.IsNullOrWhiteSpace(CatalogVersion)) faults.Add("catalogVersion is empty");
        if (!BackboneShapes.Knows(Backbone))
            faults.Add($"backbone: {Backbone.GetType().Name} is no registered kind; call {nameof(BackboneShapes)}.Register first");
        faults.AddRange(Backbone.Validate().Select(static fault => $"backbone: {fault}"));
        if (Successors is not null) faults.AddRange(Successors.Validate().Select(static fault => $"successors: {fault}"));
        if (Contents is not null) faults.AddRange(ContentJoin.Validate(Contents).Select(static fault => $"contents: {fault}"));
        if (Collaboration is not null) faults.AddRange(Collaboration.Validate().Select(static fault => $"collaboration: {fault}"));
        CheckFiles(faults);
        return faults;
    }

    /// <summary>The content of <c>manifest.json</c>, sealed with its hash.</summary>
    public byte[] ToJson()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this with { ManifestSha256 = ManifestSeal.Zeros }, BackboneShapes.Manifest);
        ManifestSeal.Put(json);
        return json;
    }

    private void CheckFiles(List<string> faults)
    {
        // Names that differ only in case are one file on Windows and macOS.
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { Bundle.ManifestName };
        foreach (var file in Files)
        {
            if (file is null)
                faults.Add("files holds null");
            else if (!file.HasPlainName)
                faults.Add($"file name {FaultText.Quote(file.Name)} is not plain: only letters, digits, '.', '_' and '-' are accepted");
            else if (!seen.Add(file.Name))
                faults.Add($"file '{file.Name}' is listed twice or is the manifest itself");
        }
    }
}
