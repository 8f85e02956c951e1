using Tandem.Learning.Text;

namespace Tandem.Learning.Codes;

/// <summary>How the codes of items are learned, or which file has them.</summary>
public sealed record CodeOptions
{
    /// <summary>
    /// Path of codes to use in place of learning any, as <c>tandem codes learn --out</c> writes them; null, the default, to learn. Levels
    /// and codebook size are then the file's.
    /// </summary>
    public string? File { get; init; }

    /// <summary>How vectors become codes. Default <see cref="CodeMethod.Opq"/>.</summary>
    public CodeMethod Method { get; init; } = CodeMethod.Opq;

    /// <summary>L, codes of an item. Default 16; residual methods are best with 3 (docs/cloud-models.md).</summary>
    public int Levels { get; init; } = 16;

    /// <summary>K, codes of a level, 2 to 65,536. Default 256.</summary>
    public int CodebookSize { get; init; } = 256;

    /// <summary>Which vectors are coded. Default <see cref="CodeSource.Text"/>.</summary>
    public CodeSource From { get; init; } = CodeSource.Text;

    /// <summary>Where the vectors of text come from.</summary>
    public TextSource Text { get; init; } = new();

    /// <summary>
    /// Folder of the trained sequence model whose item table is coded; null, the default, for a <c>sasrec</c> with its defaults that is
    /// trained beside the model, from what may be learned while settings are chosen.
    /// </summary>
    public string? Run { get; init; }

    /// <summary>
    /// Principal components of the vectors that are coded; null, the default, for all dimensions. OPQ takes the multiple of L below.
    /// </summary>
    public int? Components { get; init; }

    /// <summary>
    /// w in [0, 1]: a component is divided by the w-th power of its standard deviation. 1 makes all alike (whitening), 0 leaves distances
    /// as they are. Default 0.
    /// </summary>
    public double Whitening { get; init; }

    /// <summary>Most rounds of k-means; OPQ turns its vectors as often. Default 30.</summary>
    public int Iterations { get; init; } = 30;

    /// <summary>What <see cref="CodeMethod.Rqvae"/> needs besides.</summary>
    public RqVaeOptions Rqvae { get; init; } = new();

    /// <summary>
    /// Every fault of these settings, empty where they can be used. The text's source is checked by whoever reads it.
    /// </summary>
    public IEnumerable<string> Validate()
    {
        if (!Enum.IsDefined(Method)) yield return $"codes: method {Method} is not known";
        if (!Enum.IsDefined(From)) yield return $"codes: source {From} is not known";
        if (Levels is < 1 or > 256) yield return $"codes: {Levels} levels; expected 1 to 256";
        if (CodebookSize is < 2 or > ItemCodes.MostCodes)
            yield return $"codes: {CodebookSize} codes a level; expected 2 to {ItemCodes.MostCodes}";
        if (Components < 1) yield return $"codes: {Components} components; at least 1 is needed";
        if (Method == CodeMethod.Opq && Components < Levels)
            yield return $"codes: {Components} components for {Levels} parts; OPQ needs one at least for each";
        if (Whitening is not (>= 0 and <= 1)) yield return $"codes: whitening {Whitening} is not in [0, 1]";
        if (Iterations < 1) yield return $"codes: {Iterations} iterations; at least 1 is needed";
        foreach (var fault in Rqvae.Validate()) yield return $"codes: {fault}";
    }
}
