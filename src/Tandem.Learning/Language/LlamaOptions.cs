namespace Tandem.Learning.Language;

/// <summary>Shape and regularisation of <see cref="Llama"/>.</summary>
public sealed record LlamaOptions
{
    /// <summary>D, a multiple of 2 × <see cref="Heads"/>. Default 128: trains on two cores in minutes; not tuned.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Number of blocks. Default 3.</summary>
    public int Blocks { get; init; } = 3;

    /// <summary>H, attention heads. Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of SwiGLU's hidden layer. Default 256.</summary>
    public int Hidden { get; init; } = 256;

    /// <summary>Share of activations dropped after the embedding and after each sub-layer, in [0, 1). Default 0.2.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Base of the rotary angles. Default 10,000 (RoFormer, arXiv 2104.09864, section 3.2.2).</summary>
    public double RopeBase { get; init; } = 10_000;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Heads < 1 || Width < 1 || Width % (2 * Math.Max(Heads, 1)) != 0)
            yield return $"width {Width} is not a multiple of 2 × {Heads} heads; rotary angles rotate pairs within a head";
        if (Blocks < 1) yield return $"{Blocks} blocks; at least 1 is needed";
        if (Hidden < 1) yield return $"hidden width {Hidden}; at least 1 is needed";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
    }
}
