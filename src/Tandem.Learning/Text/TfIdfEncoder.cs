using Microsoft.Extensions.AI;

namespace Tandem.Learning.Text;

/// <summary>
/// Words of texts, weighted by how rare they are and reduced to directions in which texts differ most: an encoder without a pretrained
/// model, which learns from the texts themselves. A word is a run of letters, marks and digits, without its case.
/// </summary>
public sealed class TfIdfEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Dimensions where nothing is said.</summary>
    public const int DefaultWidth = 256;

    private readonly TermSpace _space;

    private TfIdfEncoder(TermSpace space) => _space = space;

    /// <summary>Named <c>tfidf</c>; of the default width.</summary>
    internal static TextEncoder Entry { get; } = new(
        "tfidf", "words by their rarity, no pretrained model", texts => $"tfidf/1 {DefaultWidth} {TextKey.OfAll(texts)}",
        texts => Fit(texts));

    /// <summary>Dimensions of a vector.</summary>
    public int Width => _space.Width;

    /// <summary>Learns words and directions. The same texts in the same order give the same encoder.</summary>
    /// <param name="texts">All texts, each once.</param>
    /// <param name="width">Most dimensions; there are fewer where the texts do not span as many. Default 256.</param>
    /// <exception cref="TextException">No text has a word.</exception>
    public static TfIdfEncoder Fit(IReadOnlyList<string> texts, int width = DefaultWidth)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return new(TermSpace.Of([.. texts.Select(Words)], width) ?? throw new TextException(
            $"none of the {texts.Count} texts has a word; expected letters or digits, so give the items titles"));
    }

    /// <summary>Encodes texts.</summary>
    /// <param name="values">Any texts; words that were not learned count as none.</param>
    /// <param name="options">Without effect.</param>
    /// <param name="cancellationToken">Stops between two texts.</param>
    /// <returns>[D] each, of length 1; zeros where no word is known.</returns>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var all = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var text in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var vector = new float[Width];
            _space.Place(Words(text), vector);
            all.Add(new(vector));
        }

        return Task.FromResult(all);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType?.IsInstanceOfType(this) == true ? this : null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static string[] Words(string text)
    {
        var words = new List<string>();
        for (var (start, at) = (0, 0); at <= text.Length; at++)
        {
            if (at < text.Length && IsOfWord(text[at])) continue;
            if (at > start) words.Add(text[start..at].ToLowerInvariant());
            start = at + 1;
        }

        return [.. words];
    }

    /// <summary>Marks belong to the letter before them, and surrogates are halves of rarer letters.</summary>
    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c)
        || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark
            or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
