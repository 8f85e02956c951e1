namespace Tandem.Learning.Classification;

/// <summary>A network that classifies.</summary>
public enum ClassifierKind
{
    /// <summary><see cref="Classification.TextCnn"/>, of titles.</summary>
    TextCnn,

    /// <summary><see cref="Classification.TextTransformer"/>, of titles.</summary>
    TextTransformer,

    /// <summary><see cref="Classification.ImageCnn"/>, of images.</summary>
    ImageCnn,
}
