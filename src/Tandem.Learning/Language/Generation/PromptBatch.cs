using static TorchSharp.torch;

namespace Tandem.Learning.Language.Generation;

/// <summary>Prompts of unlike lengths as one rectangle: shorter ones have padding before them, so that all end together.</summary>
internal static class PromptBatch
{
    /// <param name="prompts">B, at least one token each.</param>
    /// <returns>[B, T] int64, and [B, T] bool, true at the prompts' own tokens; null where none is padded.</returns>
    public static (Tensor Tokens, Tensor? IsText) Of(IReadOnlyList<IReadOnlyList<int>> prompts)
    {
        var (B, T) = (prompts.Count, prompts.Max(prompt => prompt.Count));
        var (tokens, isText) = (new long[B * T], new bool[B * T]);
        for (var b = 0; b < B; b++)
        {
            var from = b * T + T - prompts[b].Count;
            for (var i = 0; i < prompts[b].Count; i++) (tokens[from + i], isText[from + i]) = (prompts[b][i], true);
        }

        return (tensor(tokens, B, T), Array.TrueForAll(isText, own => own) ? null : tensor(isText, B, T));
    }

    /// <summary>[B, 1, 1, T]: −∞ at padding, which nothing then attends to.</summary>
    /// <param name="isText">[B, T] bool, on any device.</param>
    /// <param name="type">In which it is added to scores.</param>
    /// <param name="device">Of the scores.</param>
    public static Tensor MaskOf(Tensor isText, ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        var mask = zeros(isText.shape, dtype: type, device: device)
            .masked_fill(isText.logical_not().to(device), Layers.TensorArithmetic.NegativeInfinity);
        return mask.unsqueeze(1).unsqueeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// [B, 1, T, T]: a step sees itself and what is before it, but for padding; padding sees itself alone, so that it is a number.
    /// </summary>
    /// <param name="mask">[B, 1, 1, T] of <see cref="MaskOf"/>.</param>
    public static Tensor Causal(Tensor mask)
    {
        using var scope = NewDisposeScope();
        var T = mask.shape[^1];
        var future = ones(T, T, dtype: ScalarType.Bool, device: mask.device).triu(1);
        var seen = mask.expand(-1, 1, T, T).masked_fill(future, Layers.TensorArithmetic.NegativeInfinity);
        var own = eye(T, dtype: ScalarType.Bool, device: mask.device);
        return seen.masked_fill(own, Layers.TensorArithmetic.Zero).MoveToOuterDisposeScope();
    }
}
