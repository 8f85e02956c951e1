namespace Tandem.Learning.Collaboration;

/// <summary>A model whose scores join those of others.</summary>
/// <param name="Name">In files and reports; no other member of a composite has it.</param>
/// <param name="Scorer">Scores the catalogue; negative infinity for items that it does not propose.</param>
/// <param name="HasLogProbabilities">
/// True where a softmax over its scores is what it was trained to be: its scores then join as log-probabilities. False for counts, cosines
/// and the like, whose scale means nothing: they join as standard scores, in deviations from the mean over the catalogue.
/// </param>
public sealed record CompositeMember(string Name, IItemScorer Scorer, bool HasLogProbabilities);
