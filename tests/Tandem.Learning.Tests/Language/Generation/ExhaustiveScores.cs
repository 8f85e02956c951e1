using Tandem.Learning.Language.Architectures;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Generation;

/// <summary>log p(code | history, earlier codes) of every item and level, from whole sequences without any cache.</summary>
internal sealed class ExhaustiveScores
{
    private readonly double[,] _ofLevel = new double[ToyCatalog.Items + 1, 3];

    public ExhaustiveScores(Llama model, int[] history)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        for (var item = 1; item <= ToyCatalog.Items; item++)
        {
            var codes = ToyCatalog.Ids.Codes(item);
            long[] tokens = [0, .. history.SelectMany(Tokens), .. Tokens(item)];
            using var states = model.Encode(tensor(tokens).unsqueeze(0));
            for (var level = 0; level < 3; level++)
            {
                using var inner = NewDisposeScope();
                var logits = Values.Of(model.Logits(states[0, 3 * history.Length + level], ToyCatalog.Tokens.Range(level)));
                var choices = Below(codes[..level]).Select(i => ToyCatalog.Ids.Codes(i)[level]).Distinct();
                _ofLevel[item, level] = logits[codes[level]] - Math.Log(choices.Sum(c => Math.Exp(logits[c])));
            }
        }
    }

    /// <summary>The first levels' sum: of a whole item by default.</summary>
    public double Of(int item, int levels = 3) => Enumerable.Range(0, levels).Sum(level => _ofLevel[item, level]);

    /// <summary>Beam search in the open: at each level the best prefixes of those that still lead to an allowed item.</summary>
    public int[] BeamSearch(int beams, IReadOnlyCollection<int> excluded)
    {
        var kept = Enumerable.Range(1, ToyCatalog.Items).Except(excluded).ToArray();
        for (var levels = 1; levels <= 3; levels++)
        {
            kept = [.. kept.GroupBy(i => string.Join(' ', ToyCatalog.Ids.Codes(i)[..levels].ToArray()))
                .OrderByDescending(group => Of(group.First(), levels)).Take(beams).SelectMany(group => group)];
        }

        return kept;
    }

    private static IEnumerable<long> Tokens(int item) => ToyCatalog.Tokens.Of(item).ToArray().Select(token => (long)token);

    private static List<int> Below(ReadOnlySpan<int> prefix)
    {
        var items = new List<int>();
        for (var item = 1; item <= ToyCatalog.Items; item++)
        {
            if (ToyCatalog.Ids.Codes(item).StartsWith(prefix)) items.Add(item);
        }

        return items;
    }
}
