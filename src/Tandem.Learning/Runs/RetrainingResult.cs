using Tandem.Data.Evaluation;

namespace Tandem.Learning.Runs;

/// <summary>What came of training a model again.</summary>
/// <param name="Passes">True where the new model may take the old one's place.</param>
/// <param name="Reason">Why, or why not.</param>
/// <param name="Comparison">Old and new on the held events, new less old; null where there were too few.</param>
/// <param name="Learned">Reported events that the new model learned or was validated on.</param>
/// <param name="Held">Reported events that both were compared on.</param>
/// <param name="LeftOut">Reported events of items that the model's catalogue does not have.</param>
public sealed record RetrainingResult(
    bool Passes, string Reason, RunComparison? Comparison, int Learned, int Held, int LeftOut);
