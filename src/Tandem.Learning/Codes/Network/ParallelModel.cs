using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Codes.Network;

/// <summary>
/// Predicts all codes of the next item at once (the idea of RPG, KDD 2025, arXiv 2506.05781). An item is one step, the mean of its L code
/// vectors; a backbone mixes the steps; L heads turn a state into one for each level, whose cosines with the level's code vectors, divided
/// by a temperature, are the logits of its codes.
/// </summary>
/// <remarks>
/// Nothing in it grows with the catalogue but the codes themselves, and an item without any event has code vectors that others have
/// trained. Code vectors begin √L times as far out as rows of an item table would, so that their means begin alike.
/// </remarks>
public sealed class ParallelModel : nn.Module
{
    private readonly int[] _rows; // [V + 1, L] rows of the items' codes among L × K; −1 for padding
    private readonly double _temperature;
    [ComponentName(Name = "codes")] private readonly Parameter _codes;                  // [L × K, D]
    [ComponentName(Name = "backbone")] private readonly Backbone _backbone;
    [ComponentName(Name = "heads")] private readonly Parameter _heads;                  // [L, D, D]
    [ComponentName(Name = "head_biases")] private readonly Parameter _headBiases;       // [L, 1, D]
    [ComponentName(Name = "popularity")] private readonly Parameter _popularity;        // [V + 1] ln(1 + training events), not trained

    /// <param name="codes">Of the items.</param>
    /// <param name="backbone">What mixes the history.</param>
    /// <param name="temperature">τ.</param>
    public ParallelModel(ItemCodes codes, Backbone backbone, double temperature) : base(nameof(ParallelModel))
    {
        var (L, K, D) = (codes.Levels, codes.CodebookSize, backbone.Width);
        (Codes, _backbone, _temperature) = (codes, backbone, temperature);
        _rows = new int[(codes.Items + 1) * L];
        Array.Fill(_rows, -1, 0, L);
        for (var i = L; i < _rows.Length; i++) _rows[i] = i % L * K + codes[i / L][i % L];
        _codes = nn.Parameter(TensorArithmetic.Normal(SequenceModel.InitialDeviation * Math.Sqrt(L), L * K, D));
        _heads = nn.Parameter(zeros(L, D, D));
        _headBiases = nn.Parameter(zeros(L, 1, D));
        _popularity = nn.Parameter(zeros(codes.Items + 1), requires_grad: false);
        RegisterComponents();
    }

    /// <summary>Codes of the items.</summary>
    public ItemCodes Codes { get; }

    /// <summary>What mixes the history.</summary>
    public Backbone Backbone => _backbone;

    /// <summary>
    /// [V + 1] ln(1 + n), n being training events of an item: by it items with equal codes are ordered. Where its weight was chosen on
    /// validation events, times the weight.
    /// </summary>
    public ReadOnlySpan<float> Popularity => TensorValues.Read(_popularity);

    /// <summary>Counts what is learned from.</summary>
    /// <param name="counts">[V + 1] training events.</param>
    internal void Count(long[] counts) =>
        TensorValues.Set(_popularity, Array.ConvertAll(counts, count => (float)Math.Log(1.0 + count)));

    /// <summary>Keeps a chosen weight with what it weighs.</summary>
    internal void ScalePopularity(double weight) =>
        TensorValues.Set(_popularity, Array.ConvertAll(TensorValues.Copy(_popularity), value => (float)(weight * value)));

    /// <summary>[N, D] items as the backbone reads them; zeros for padding.</summary>
    /// <param name="ids">N item ids.</param>
    public Tensor Items(ReadOnlySpan<long> ids)
    {
        var L = Codes.Levels;
        var rows = new int[ids.Length * L];
        for (var i = 0; i < ids.Length; i++) _rows.AsSpan((int)ids[i] * L, L).CopyTo(rows.AsSpan(i * L));
        return CodeMeans.Of(_codes, rows, L);
    }

    /// <summary>[L, N, K] logits of each level's codes.</summary>
    /// <param name="states">[N, D] of the backbone.</param>
    public Tensor Logits(Tensor states)
    {
        using var scope = NewDisposeScope();
        return Logits(states, CodeVectors()).MoveToOuterDisposeScope();
    }

    /// <summary>The same from <see cref="CodeVectors"/> that were made before.</summary>
    internal Tensor Logits(Tensor states, Tensor codes)
    {
        using var scope = NewDisposeScope();
        var bent = nn.functional.silu(states.matmul(_heads).Plus(_headBiases));         // [L, N, D]
        var own = nn.functional.normalize(bent.Plus(states), dim: -1);
        return own.bmm(codes.transpose(1, 2)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean over levels and targets of −log p(code), in nats.</summary>
    /// <param name="states">[N, D] of the backbone.</param>
    /// <param name="targets">[L × N] codes of the targets, level by level.</param>
    /// <param name="brainFloat">See <see cref="CodeLossOptions.BrainFloat"/>.</param>
    internal Tensor Loss(Tensor states, int[] targets, bool brainFloat = false)
    {
        using var scope = NewDisposeScope();
        return CodeHeads.Loss(states, _heads, _headBiases, CodeVectors(), targets, brainFloat).MoveToOuterDisposeScope();
    }

    /// <summary>[L, K, D], of length 1 / τ each.</summary>
    internal Tensor CodeVectors() =>
        nn.functional.normalize(_codes, dim: -1).view(Codes.Levels, Codes.CodebookSize, -1).DividedBy(_temperature);
}
