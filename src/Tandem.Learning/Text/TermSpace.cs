using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Tandem.Learning.Text;

/// <summary>
/// Latent semantic analysis (Deerwester et al., JASIS 1990): texts as weights of their terms, (1 + ln n) (1 + ln ((1 + N) / (1 + Nₜ))) for
/// a term that occurs n times and stands in Nₜ of N texts, brought to length 1, then projected on the leading singular directions of all
/// texts.
/// </summary>
internal sealed class TermSpace
{
    private const int MostTerms = 1 << 16;      // the most frequent; rarer ones reach no leading direction
    private const int MostTexts = 1 << 17;      // spread evenly over all, from which directions are found

    private readonly Dictionary<string, int> _terms;
    private readonly float[] _rarity;           // [M]
    private readonly float[] _directions;       // [M, W]

    private TermSpace(Dictionary<string, int> terms, float[] rarity, float[] directions, int width) =>
        (_terms, _rarity, _directions, Width) = (terms, rarity, directions, width);

    /// <summary>W.</summary>
    public int Width { get; }

    /// <summary>Learns the weights of terms and the directions.</summary>
    /// <param name="texts">N ≥ 1 texts as their terms.</param>
    /// <param name="width">Most directions; fewer are kept where the texts do not span as many.</param>
    /// <returns>Null where no text has a term.</returns>
    public static TermSpace? Of(IReadOnlyList<string[]> texts, int width)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var term in texts.SelectMany(text => text.Distinct(StringComparer.Ordinal)))
            CollectionsMarshal.GetValueRefOrAddDefault(counts, term, out _)++;
        if (counts.Count == 0) return null;
        var kept = counts.OrderByDescending(term => term.Value).ThenBy(term => term.Key, StringComparer.Ordinal).Take(MostTerms).ToArray();
        var rarity = Array.ConvertAll(kept, term => (float)(1 + Math.Log((1.0 + texts.Count) / (1 + term.Value))));
        var terms = kept.Index().ToDictionary(term => term.Item.Key, term => term.Index, StringComparer.Ordinal);
        var step = (texts.Count + MostTexts - 1) / MostTexts;
        var rows = Enumerable.Range(0, (texts.Count + step - 1) / step).Select(i => Weigh(terms, rarity, texts[i * step]));
        var (directions, kinds) = TruncatedSvd.RightVectors(TermMatrix.Of([.. rows], kept.Length), width);
        return new(terms, rarity, directions, kinds);
    }

    /// <summary>Where a text lies.</summary>
    /// <param name="text">Its terms.</param>
    /// <param name="vector">[W], of length 1; zeros where none of the terms is known.</param>
    public void Place(string[] text, Span<float> vector)
    {
        vector.Clear();
        foreach (var (term, weight) in Weigh(_terms, _rarity, text))
            TensorPrimitives.MultiplyAdd(_directions.AsSpan(term * Width, Width), weight, vector, vector);
        UnitLength.Scale(vector);
    }

    /// <summary>Terms with their weights, by rising number of the term; together of length 1.</summary>
    private static (int Term, float Weight)[] Weigh(Dictionary<string, int> terms, float[] rarity, string[] text)
    {
        var weights = text.Where(terms.ContainsKey).CountBy(term => terms[term]).OrderBy(term => term.Key)
            .Select(term => (Term: term.Key, Weight: (float)((1 + Math.Log(term.Value)) * rarity[term.Key]))).ToArray();
        var length = MathF.Sqrt(weights.Sum(term => term.Weight * term.Weight));
        return Array.ConvertAll(weights, term => (term.Term, term.Weight / length));
    }
}
