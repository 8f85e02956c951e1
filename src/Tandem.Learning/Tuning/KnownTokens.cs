using Tandem.Learning.Language.Tokenizers;
using Tandem.Learning.Training;

namespace Tandem.Learning.Tuning;

/// <summary>Texts in tokens that a model has.</summary>
internal static class KnownTokens
{
    /// <summary>[N] tokens of a text.</summary>
    /// <param name="tokenizer">Of the model's folder.</param>
    /// <param name="text">Any.</param>
    /// <param name="vocabulary">V: the model's own tokens, those that are added for items not among them.</param>
    /// <exception cref="RecipeException">A token is none of the model's.</exception>
    public static IReadOnlyList<int> Of(TextTokenizer tokenizer, string text, int vocabulary)
    {
        var tokens = tokenizer.Encode(text);
        return tokens.Any(token => token < 0 || token >= vocabulary)
            ? throw new RecipeException(
                $"the tokenizer writes token {tokens.Max()}, the model has {vocabulary}: they are not of one model; put the files of the "
                + "model's own tokenizer beside its weights")
            : tokens;
    }
}
