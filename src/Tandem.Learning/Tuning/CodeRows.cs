using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Language.Tokenizers;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tuning;

/// <summary>
/// Rows of the tokens that stand for codes, at the start: the code book in the model's own space. An item lies where the mean of its
/// title's tokens does; a code of the first level is the mean of its items, one of a later level the mean of what the levels before leave
/// of them, as residual quantisation has it. All are stretched to the spread of the model's own rows.
/// </summary>
internal static class CodeRows
{
    /// <param name="table">[V, D] of the model's own tokens.</param>
    /// <param name="codes">Of the items.</param>
    /// <param name="titles">[items + 1]; null for an item without one.</param>
    /// <param name="tokenizer">Null where there is none: rows are then drawn around the mean of the table's.</param>
    /// <param name="seed">Of the rows that no title tells of.</param>
    /// <returns>[levels × K, D] float32, K those of a level of <see cref="ItemCodes.WithSuffix"/>, on the caller's scope.</returns>
    public static Tensor Of(Tensor table, ItemCodes codes, IReadOnlyList<string?> titles, TextTokenizer? tokenizer, int seed)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var width = (int)table.shape[1];
        var (mean, deviation) = Spread(table);
        var size = codes.WithSuffix().CodebookSize;
        manual_seed(NamedSeed.Derive(seed, "rows of codes"));
        var drawn = randn(codes.Levels * size, width).Times(deviation).Plus(tensor(mean));
        if (tokenizer is null || titles.All(string.IsNullOrEmpty)) return drawn.MoveToOuterDisposeScope();
        var rows = TensorValues.Copy(drawn);
        var rest = Titles(table, titles, tokenizer, mean);
        for (var level = 0; level < codes.Levels; level++)
        {
            var centres = Centres(rest, codes, level, width);
            var stretch = deviation / Math.Max(Deviation(centres.Values.SelectMany(c => c)), 1e-12);
            foreach (var (code, centre) in centres)
            {
                var row = rows.AsSpan((level * size + code) * width, width);
                for (var d = 0; d < width; d++) row[d] = (float)(mean[d] + stretch * centre[d]);
            }

            foreach (var (item, vector) in rest)
            {
                var centre = centres[codes[item][level]];
                for (var d = 0; d < width; d++) vector[d] -= centre[d];
            }
        }

        return tensor(rows, codes.Levels * size, width).MoveToOuterDisposeScope();
    }

    /// <summary>By item: the mean row of its title's tokens, from the mean row of the table.</summary>
    private static Dictionary<int, float[]> Titles(Tensor table, IReadOnlyList<string?> titles, TextTokenizer tokenizer, float[] mean)
    {
        var vectors = new Dictionary<int, float[]>();
        for (var item = 1; item < titles.Count; item++)
        {
            if (string.IsNullOrEmpty(titles[item])) continue;
            long[] tokens = [.. KnownTokens.Of(tokenizer, titles[item]!, (int)table.shape[0]).Select(token => (long)token)];
            if (tokens.Length == 0) continue;
            using var scope = NewDisposeScope();
            var vector = TensorValues.Copy(table.index_select(0, tensor(tokens)).to(ScalarType.Float32).mean([0]));
            for (var d = 0; d < vector.Length; d++) vector[d] -= mean[d];
            vectors[item] = vector;
        }

        return vectors;
    }

    private static Dictionary<int, float[]> Centres(Dictionary<int, float[]> vectors, ItemCodes codes, int level, int width) => vectors
        .GroupBy(vector => (int)codes[vector.Key][level])
        .ToDictionary(group => group.Key, group =>
        {
            var sum = new float[width];
            foreach (var (_, vector) in group)
                for (var d = 0; d < width; d++) sum[d] += vector[d];
            var count = group.Count();
            return Array.ConvertAll(sum, value => value / count);
        });

    /// <summary>[D] mean row, and the deviation of an element from it.</summary>
    private static (float[] Mean, double Deviation) Spread(Tensor table)
    {
        using var scope = NewDisposeScope();
        var wide = table.detach().to(ScalarType.Float32);
        var mean = wide.mean([0]);
        return (TensorValues.Copy(mean), Math.Sqrt((wide - mean).Squared().mean().item<float>()));
    }

    private static double Deviation(IEnumerable<float> values)
    {
        var (sum, count) = (0.0, 0);
        foreach (var value in values) (sum, count) = (sum + (double)value * value, count + 1);
        return Math.Sqrt(sum / Math.Max(count, 1));
    }
}
