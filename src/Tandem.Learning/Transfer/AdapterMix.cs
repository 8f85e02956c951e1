namespace Tandem.Learning.Transfer;

/// <summary>How MergeNet's four attentions become one matrix.</summary>
public enum AdapterMix
{
    /// <summary>Their mean: the published program.</summary>
    Mean,

    /// <summary>A weighted sum, the weights a learned softmax that starts at the mean: the paper's figure 2.</summary>
    Softmax,
}
