namespace Tandem.Learning.Language.Architectures;

/// <summary>Shape of <see cref="Bert"/>. Names in a Hugging Face <c>config.json</c> stand in brackets.</summary>
public sealed record BertOptions
{
    /// <summary>V, number of tokens (<c>vocab_size</c>).</summary>
    public required int Vocabulary { get; init; }

    /// <summary>D (<c>hidden_size</c>). Default 768, BERT-base's, as of all that follows.</summary>
    public int Width { get; init; } = 768;

    /// <summary>Width of the feed-forward layers (<c>intermediate_size</c>). Default 3,072.</summary>
    public int Hidden { get; init; } = 3_072;

    /// <summary>H (<c>num_attention_heads</c>), a divisor of the width. Default 12.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>Blocks (<c>num_hidden_layers</c>). Default 12.</summary>
    public int Blocks { get; init; } = 12;

    /// <summary>Most tokens of a text, each position having a vector (<c>max_position_embeddings</c>). Default 512.</summary>
    public int Positions { get; init; } = 512;

    /// <summary>Kinds of tokens, the first of which all tokens of a single text are (<c>type_vocab_size</c>). Default 2.</summary>
    public int TokenTypes { get; init; } = 2;

    /// <summary>φ of the feed-forward layers (<c>hidden_act</c>). Default exact GELU.</summary>
    public BertActivation Activation { get; init; } = BertActivation.Gelu;

    /// <summary>ε of the norms (<c>layer_norm_eps</c>). Default 10⁻¹².</summary>
    public double NormEpsilon { get; init; } = 1e-12;

    /// <summary>Whether there is a layer above the first token's state. Default false: no vector of a text needs it.</summary>
    public bool HasPooler { get; init; }

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        (string Name, int Value)[] counts =
        [
            ("tokens", Vocabulary), ("of width", Width), ("of hidden width", Hidden), ("heads", Heads), ("blocks", Blocks),
            ("positions", Positions), ("token types", TokenTypes),
        ];
        foreach (var (name, value) in counts.Where(count => count.Value < 1)) yield return $"{value} {name}; at least 1 is needed";
        if (Positions == 1) yield return "1 position; the marks at both ends of a text need 2";
        if (Heads > 0 && Width % Heads != 0) yield return $"width {Width} is not divisible by {Heads} heads";
        if (!Enum.IsDefined(Activation)) yield return $"activation {Activation} is not known";
        if (!(NormEpsilon > 0 && double.IsFinite(NormEpsilon)))
            yield return $"norm epsilon {NormEpsilon}; a finite number above 0 is needed";
    }
}
