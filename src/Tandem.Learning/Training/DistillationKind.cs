namespace Tandem.Learning.Training;

/// <summary>What a student learns of a teacher.</summary>
public enum DistillationKind
{
    /// <summary>
    /// The best items of its ranking at each place, as in DLLM2Rec (arXiv 2405.00338): of any model that ranks items.
    /// </summary>
    Ranking,

    /// <summary>Its scores of the candidates of each step (Hinton et al., arXiv 1503.02531): of a sequence model.</summary>
    Logits,
}
