namespace Tandem.Learning.Training;

/// <summary>What ranks the target of a list among its candidates.</summary>
public enum ListLoss
{
    /// <summary>−log softmax of the target's score over the candidates.</summary>
    Softmax,

    /// <summary>Binary cross-entropy of every candidate by itself, as in LSC4Rec's program.</summary>
    Binary,
}
