namespace Tandem.Cloud.Models;

/// <summary>Devices that tell no items.</summary>
public sealed record PrivacyOptions
{
    /// <summary>
    /// Codes of the items, as <c>tandem codes learn</c> writes them; null, the default, for none: histories then have to name items.
    /// </summary>
    public string? CodesFile { get; init; }

    /// <summary>Items that share a code at least, 2 or more. Default 10.</summary>
    public int LeastItems { get; init; } = 10;

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (CodesFile is not null && !File.Exists(CodesFile))
            yield return $"CodesFile: {CodesFile} is no file; learn codes with 'tandem codes learn'";
        if (LeastItems < 2) yield return $"LeastItems is {LeastItems}; expected 2 or more, one item alone hides nothing";
    }
}
