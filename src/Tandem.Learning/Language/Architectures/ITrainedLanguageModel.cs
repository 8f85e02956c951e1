using Tandem.Learning.Layers;

namespace Tandem.Learning.Language.Architectures;

/// <summary>What the training of a language model sees of an architecture.</summary>
internal interface ITrainedLanguageModel
{
    /// <summary>Whether a backward pass computes blocks anew in place of keeping what they gave. Default false.</summary>
    bool Recompute { get; set; }

    /// <summary>Rows of the tokens that are read.</summary>
    TokenTable Read { get; }

    /// <summary>Rows by which tokens are written; null where they are those that are read.</summary>
    TokenTable? Written { get; }
}
