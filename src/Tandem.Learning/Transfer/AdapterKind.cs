namespace Tandem.Learning.Transfer;

/// <summary>What writes the target's weights.</summary>
public enum AdapterKind
{
    /// <summary>A change that starts at 0 and is scaled by the target's own weights.</summary>
    Residual,

    /// <summary>MergeNet as published: whole matrices, four cross-attentions, rows of length √I.</summary>
    MergeNet,

    /// <summary>For tables whose rows stand for the same things in both models, such as items: each row is changed by its own.</summary>
    RowAligned,
}
