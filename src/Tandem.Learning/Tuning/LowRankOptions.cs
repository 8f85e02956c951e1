namespace Tandem.Learning.Tuning;

/// <summary>Low-rank adaptation: ΔW = (α / R) B A beside frozen weights (LoRA, arXiv 2106.09685, section 4.1).</summary>
public sealed record LowRankOptions
{
    /// <summary>R. Default 8, of the paper's 1 to 64.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>α. Default 16.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>
    /// Ends of the names of the linear layers that are adapted, such as <c>q_proj</c>; empty, the default, for all of them: adapting
    /// attention alone falls short of full tuning (QLoRA, arXiv 2305.14314, section 4).
    /// </summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (Rank < 1) yield return $"lora: rank {Rank}; at least 1 is needed";
        if (!(Alpha > 0 && double.IsFinite(Alpha))) yield return $"lora: alpha {Alpha}; a finite number above 0 is needed";
    }
}
