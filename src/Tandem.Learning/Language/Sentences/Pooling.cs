namespace Tandem.Learning.Language.Sentences;

/// <summary>How the states of a text's tokens become one vector.</summary>
public enum Pooling
{
    /// <summary>Their mean, over the tokens at both ends too.</summary>
    Mean,

    /// <summary>The state of the first token, <c>[CLS]</c>.</summary>
    First,
}
