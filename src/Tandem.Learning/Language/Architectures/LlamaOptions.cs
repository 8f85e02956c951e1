using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>
/// Shape and regularisation of <see cref="Llama"/> and its relatives. Names in a Hugging Face <c>config.json</c> stand in brackets.
/// </summary>
public sealed record LlamaOptions
{
    /// <summary>
    /// V, number of tokens (<c>vocab_size</c>). Null, the default, stands for as many as a recipe's items need; a model by itself has to
    /// be told.
    /// </summary>
    public int? Vocabulary { get; init; }

    /// <summary>D (<c>hidden_size</c>). Default 128: trains on two cores in minutes; not tuned.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Number of blocks (<c>num_hidden_layers</c>). Default 3.</summary>
    public int Blocks { get; init; } = 3;

    /// <summary>H, attention heads (<c>num_attention_heads</c>). Default 4.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>N, heads of keys and values, a divisor of H (<c>num_key_value_heads</c>). Null, the default, stands for H.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>F, width of a head, even (<c>head_dim</c>). Null, the default, stands for D / H.</summary>
    public int? HeadWidth { get; init; }

    /// <summary>Width of SwiGLU's hidden layer (<c>intermediate_size</c>). Default 256.</summary>
    public int Hidden { get; init; } = 256;

    /// <summary>Share of activations dropped after the embedding and after each sub-layer, in [0, 1). Default 0.2.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Base of the rotary angles (<c>rope_theta</c>). Default 10,000 (RoFormer, arXiv 2104.09864, section 3.2.2).</summary>
    public double RopeBase { get; init; } = 10_000;

    /// <summary>Slower angles for longer texts (<c>rope_scaling</c>); null, the default, for none.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>True where queries, keys and values have biases, as Qwen 2's. Default false.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>True where attention's output has a bias (with the former, <c>attention_bias</c>). Default false.</summary>
    public bool OutputBias { get; init; }

    /// <summary>True where the feed-forward layers have biases (<c>mlp_bias</c>). Default false.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>True where each head's query and key are normed before they are rotated, as Qwen 3's. Default false.</summary>
    public bool HeadNorms { get; init; }

    /// <summary>ε of the norms (<c>rms_norm_eps</c>). Default 10⁻⁶, Hugging Face's.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>
    /// Whether the embedding is the head as well (<c>tie_word_embeddings</c>). Default true: a small model has no rows to spare.
    /// </summary>
    public bool TiedEmbeddings { get; init; } = true;

    /// <summary>Type of weights that are left for a checkpoint to fill; null, the default, to draw them as float32.</summary>
    internal ScalarType? Unfilled { get; init; }

    internal int EffectiveKeyValueHeads => KeyValueHeads ?? Heads;

    internal int EffectiveHeadWidth => HeadWidth ?? Width / Math.Max(Heads, 1);

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Vocabulary < 1) yield return $"vocabulary {Vocabulary}; at least 1 token is needed";
        if (Heads < 1 || Width < 1 || (HeadWidth is null && Width % (2 * Math.Max(Heads, 1)) != 0))
            yield return $"width {Width} is not a multiple of 2 × {Heads} heads; rotary angles rotate pairs within a head";
        if (HeadWidth is { } width && (width < 2 || width % 2 != 0))
            yield return $"head width {width}; an even number is needed, for rotary angles rotate pairs within a head";
        if (KeyValueHeads is { } heads && (heads < 1 || Heads % heads != 0))
            yield return $"{heads} heads of keys and values; a divisor of the {Heads} heads is needed";
        if ((long)Heads * EffectiveHeadWidth > int.MaxValue) yield return $"{Heads} heads of width {EffectiveHeadWidth} are too wide";
        if (Blocks < 1) yield return $"{Blocks} blocks; at least 1 is needed";
        if (Hidden < 1) yield return $"hidden width {Hidden}; at least 1 is needed";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
        if (!(RopeBase > 1 && double.IsFinite(RopeBase))) yield return $"rope base {RopeBase}; a finite number above 1 is needed";
        foreach (var fault in RopeScaling?.Validate() ?? []) yield return fault;
        if (!(NormEpsilon > 0 && double.IsFinite(NormEpsilon)))
            yield return $"norm epsilon {NormEpsilon}; a finite number above 0 is needed";
    }
}
