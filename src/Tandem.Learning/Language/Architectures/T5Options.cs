using static TorchSharp.torch;

namespace Tandem.Learning.Language.Architectures;

/// <summary>Shape and regularisation of <see cref="T5"/>. Names in a Hugging Face <c>config.json</c> stand in brackets.</summary>
public sealed record T5Options
{
    /// <summary>V, number of tokens (<c>vocab_size</c>).</summary>
    public required int Vocabulary { get; init; }

    /// <summary>D (<c>d_model</c>). Default 512, T5-small's, as of all that follows.</summary>
    public int Width { get; init; } = 512;

    /// <summary>Width of the feed-forward layers (<c>d_ff</c>). Default 2,048.</summary>
    public int Hidden { get; init; } = 2_048;

    /// <summary>H (<c>num_heads</c>). Default 8.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>F, width of a head (<c>d_kv</c>). Default 64.</summary>
    public int HeadWidth { get; init; } = 64;

    /// <summary>Blocks of the encoder (<c>num_layers</c>). Default 6.</summary>
    public int EncoderBlocks { get; init; } = 6;

    /// <summary>Blocks of the decoder (<c>num_decoder_layers</c>). Default 6.</summary>
    public int DecoderBlocks { get; init; } = 6;

    /// <summary>What the feed-forward layers are (<c>feed_forward_proj</c>). Default plain, with ReLU.</summary>
    public T5FeedForwardKind FeedForward { get; init; } = T5FeedForwardKind.Relu;

    /// <summary>Buckets of relative positions (<c>relative_attention_num_buckets</c>), even. Default 32.</summary>
    public int Buckets { get; init; } = 32;

    /// <summary>Distance from which all fall into the last bucket (<c>relative_attention_max_distance</c>). Default 128.</summary>
    public int FarthestDistance { get; init; } = 128;

    /// <summary>ε of the norms (<c>layer_norm_epsilon</c>). Default 10⁻⁶.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>
    /// Whether the embedding, scaled by D^−½, is the head as well (<c>tie_word_embeddings</c>), as in T5; version 1.1 has a head of its
    /// own. Default true.
    /// </summary>
    public bool TiedEmbeddings { get; init; } = true;

    /// <summary>The token that the decoder starts from (<c>decoder_start_token_id</c>). Default 0.</summary>
    public int StartToken { get; init; }

    /// <summary>The token that fills short prompts, which nothing attends to (<c>pad_token_id</c>). Default 0.</summary>
    public int Padding { get; init; }

    /// <summary>Share of activations dropped (<c>dropout_rate</c>), in [0, 1). Default 0.1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Type of weights that are left for a checkpoint to fill; null, the default, to draw them as float32.</summary>
    internal ScalarType? Unfilled { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        (string Name, int Value)[] counts =
        [
            ("tokens", Vocabulary), ("of width", Width), ("of hidden width", Hidden), ("heads", Heads), ("of head width", HeadWidth),
            ("encoder blocks", EncoderBlocks), ("decoder blocks", DecoderBlocks),
        ];
        foreach (var (name, value) in counts.Where(count => count.Value < 1)) yield return $"{value} {name}; at least 1 is needed";
        if ((long)Heads * HeadWidth > int.MaxValue) yield return $"{Heads} heads of width {HeadWidth} are too wide";
        if (!Enum.IsDefined(FeedForward)) yield return $"feed-forward {FeedForward} is not known";
        if (Buckets < 4 || Buckets % 4 != 0) yield return $"{Buckets} buckets; a multiple of 4 is needed";
        if (FarthestDistance <= Buckets / 2) yield return $"farthest distance {FarthestDistance}; more than half of {Buckets} is needed";
        if (StartToken < 0 || StartToken >= Vocabulary) yield return $"start token {StartToken} is none of {Vocabulary}";
        if (Dropout is not (>= 0 and < 1)) yield return $"dropout {Dropout} is not in [0, 1)";
        if (!(NormEpsilon > 0 && double.IsFinite(NormEpsilon)))
            yield return $"norm epsilon {NormEpsilon}; a finite number above 0 is needed";
    }
}
