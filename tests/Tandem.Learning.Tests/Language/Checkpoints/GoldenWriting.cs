using System.Text.Json;
using Tandem.Learning.Language.Generation;

namespace Tandem.Learning.Tests.Language.Checkpoints;

/// <summary>What a library's greedy and beam searches write behind a prompt.</summary>
internal static class GoldenWriting
{
    public static void Check(TokenSearch search, int[] prompt, JsonElement figures, int row)
    {
        var greedy = figures.GetProperty("greedy")[row];
        var written = Assert.Single(search.Search(prompt, beams: 1, newTokens: 8));
        Assert.Equal(Numbers(greedy.GetProperty("tokens")), written.Tokens);
        Assert.Equal(greedy.GetProperty("total_logprob").GetDouble(), written.LogProbability, tolerance: 1e-4);

        var beam = figures.GetProperty("beam")[row].EnumerateArray().ToArray();
        var found = search.Search(prompt, beams: 5, newTokens: 4);
        Assert.Equal(beam.Length, found.Count);
        foreach (var (expected, one) in beam.Zip(found))
        {
            Assert.Equal(Numbers(expected.GetProperty("tokens")), one.Tokens);
            Assert.Equal(expected.GetProperty("total_logprob").GetDouble(), one.LogProbability, tolerance: 1e-4);
        }
    }

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetInt32())];
}
