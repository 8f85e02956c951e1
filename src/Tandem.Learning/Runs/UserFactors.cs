using Tandem.Learning.Codes;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Training;
using Tandem.Protocol.Parameters;
using static TorchSharp.torch;

namespace Tandem.Learning.Runs;

/// <summary>What all users share of a trained network's personal weights, with tables for codes.</summary>
internal static class UserFactors
{
    private const int MostLearned = 20_000; // histories that codes are learned from
    private const int Tile = 128;

    /// <summary>Factors of the changed layers; null where there are no cores.</summary>
    /// <param name="users">Of a trained network; null where it makes no weights.</param>
    /// <param name="cases">Histories that codes are learned from.</param>
    /// <param name="seed">Of the codes.</param>
    public static ParameterFactors? Learn(UserSource? users, RankedCases cases, int seed)
    {
        if (users is not { Source: { Options.HasCores: true } source }) return null;
        var some = cases.Sample(MostLearned, seed);
        float[] numbers = [.. Enumerable.Range(0, some.Count).Select(some.History).Where(history => history.Length > 0)
            .OrderBy(history => history.Length).Chunk(Tile).SelectMany(tile => users.Numbers(tile)).SelectMany(own => own)];
        var codes = numbers.Length == 0
            ? null
            : WeightCodes.Learn(numbers, source.Size, source.Options.CodeLevels, source.Options.CodeSize, seed);
        return new([.. users.Cores.Select((layer, i) => FactorsOf(layer, codes, users.First(i)))], MaxNorm(users, numbers));
    }

    /// <summary>Codes by the tables as devices have them, rounded; null where there are none.</summary>
    /// <exception cref="RunException">The factors are of other layers.</exception>
    public static WeightCodes? CodesOf(UserSource users, ParameterFactors factors)
    {
        if (factors.CodeCount == 0) return null;
        var (width, size) = (users.Source.Size, factors.LevelCount);
        var tables = Enumerable.Range(0, factors.CodeCount).Select(_ => new float[size * width]).ToArray();
        foreach (var (layer, i) in users.Cores.Select((layer, i) => (layer, i)))
        {
            var own = factors.Find(layer.Slot)
                ?? throw new RunException($"the factors have no layer {layer.Slot}, which the model changes; train the model again");
            var levels = Array.ConvertAll(own.Levels.ToArray(), value => (float)value);
            for (var row = 0; row < tables.Length * size; row++)
            {
                layer.Numbers(levels.AsSpan(row * own.CoreLength, own.CoreLength))
                    .CopyTo(tables[row / size].AsSpan(row % size * width + users.First(i)));
            }
        }

        return WeightCodes.Of(tables, width);
    }

    /// <summary>Twice the greatest change that some histories make, as a share of the weights' norm: what is beyond is no user's.</summary>
    /// <param name="users">With a source of cores.</param>
    /// <param name="numbers">[N × S].</param>
    private static double MaxNorm(UserSource users, float[] numbers)
    {
        if (numbers.Length == 0) return ParameterFactors.DefaultMaxNorm;
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var greatest = 0.0;
        foreach (var (slot, change) in users.Source.Changes(tensor(numbers).view(-1, users.Source.Size)))
        {
            var weight = users.Slots[slot].Weight.norm().item<float>();
            // ‖U S V‖² = tr(Uᵀ U S V Vᵀ Sᵀ): no matrix of O × I for each history.
            var left = change.Up!.t().matmul(change.Up!).matmul(change.Core!);                 // [N, R, R]
            var right = change.Core!.matmul(change.Down!.matmul(change.Down!.t()));
            var changed = Math.Sqrt(Math.Max(0, (left * right).sum(1).sum(1).max().item<float>()));
            if (change.Bias is not null) changed = Math.Max(changed, change.Bias.Squared().sum(1).max().sqrt().item<float>());
            greatest = Math.Max(greatest, weight > 0 ? changed / weight : 0);
        }

        return greatest > 0 ? 2 * greatest : ParameterFactors.DefaultMaxNorm;
    }

    private static LayerFactors FactorsOf(DynamicLayer layer, WeightCodes? codes, int first)
    {
        var own = LayerFactors.Of(layer.Slot, layer.Rank, TensorValues.Copy(layer.Up!), TensorValues.Copy(layer.Down!), layer.HasBias);
        if (codes is null) return own;
        var levels = new List<float>();
        for (var level = 0; level < codes.Levels; level++)
        {
            for (var code = 0; code < codes.Size; code++)
                levels.AddRange(layer.Core(codes.Table(level).Slice(code * codes.Width + first, (int)layer.Size)));
        }

        return own.WithLevels(codes.Levels, levels.ToArray());
    }
}
