namespace Tandem.Learning.Tuning;

/// <summary>What a tuned model reads of a history when it is asked for a list.</summary>
internal static class TuningPrompt
{
    /// <param name="recipe">What it was taught.</param>
    /// <param name="instructions">Words around items.</param>
    /// <param name="hasEncoder">Whether the model has one.</param>
    public static Func<IReadOnlyList<int>, int[]> Of(LanguageRecipe recipe, Instructions instructions, bool hasEncoder) =>
        recipe.AsksByHistory ? history => instructions.Plain(history, hasEncoder) : instructions.Asked;
}
