using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Tests.Language.Generation;

public sealed class TokenSearchTests : IDisposable
{
    private const int Vocabulary = 12;
    private static readonly int[] _prompt = [3, 1, 4], _none = [], _outside = [12];
    private readonly Llama _model = Random();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Fact]
    public void With_enough_beams_the_likeliest_texts_are_found_whole()
    {
        // All texts of three tokens, and those that end before, each by the product of its tokens' probabilities.
        int[] ends = [5, 7];
        var all = new List<WrittenTokens>();
        Extend([], 0);
        var best = all.OrderByDescending(text => text.LogProbability).Take(200).ToArray();
        var found = new TokenSearch(_model).Search(_prompt, beams: Vocabulary * Vocabulary, newTokens: 3, ends, Cancel);
        Assert.Equal(Vocabulary * Vocabulary, found.Count);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(best[i].LogProbability, found[i].LogProbability, tolerance: 1e-4);
            // Two that are nearly as likely may change places on another processor: each is held to its own probability.
            Assert.Equal(
                all.Single(text => text.Tokens.SequenceEqual(found[i].Tokens)).LogProbability, found[i].LogProbability, tolerance: 1e-4);
        }

        void Extend(int[] written, double sum)
        {
            if (written.Length == 3 || (written.Length > 0 && ends.Contains(written[^1])))
            {
                all.Add(new(written, sum));
                return;
            }

            var logs = Logs([.. _prompt, .. written]);
            for (var token = 0; token < Vocabulary; token++) Extend([.. written, token], sum + logs[token]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_prompt_is_answered_alike_alone_and_beside_others_of_other_lengths(int beams)
    {
        int[][] prompts = [[3, 1, 4], [2], [1, 5, 9, 2, 6, 5, 3], [8, 8]];
        int[] ends = [5, 7];
        var search = new TokenSearch(_model);
        var together = search.Search(prompts, beams, newTokens: 6, ends, Cancel);
        for (var i = 0; i < prompts.Length; i++)
        {
            var alone = search.Search(prompts[i], beams, newTokens: 6, ends, Cancel);
            Assert.Equal(alone.Select(text => text.LogProbability), together[i].Select(text => text.LogProbability), (a, b) =>
                Math.Abs(a - b) < 1e-4);
            Assert.Equal(alone[0].Tokens, together[i][0].Tokens);
        }
    }

    [Fact]
    public void A_prompt_that_is_none_is_refused()
    {
        var search = new TokenSearch(_model);
        Assert.Throws<ArgumentException>(() => search.Search(_none, 1, 1, null, Cancel));
        Assert.Throws<ArgumentException>(() => search.Search(_outside, 1, 1, null, Cancel));
        Assert.Throws<ArgumentOutOfRangeException>(() => search.Search(_prompt, 0, 1, null, Cancel));
    }

    private double[] Logs(int[] tokens)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var logits = _model.forward(tensor(Array.ConvertAll(tokens, t => (long)t), 1, tokens.Length)).narrow(1, tokens.Length - 1, 1);
        return logits.to(ScalarType.Float64).log_softmax(-1).view(-1).data<double>().ToArray();
    }

    private static Llama Random()
    {
        using var mode = no_grad();
        manual_seed(3);
        var model = new Llama(
            new() { Vocabulary = Vocabulary, Width = 8, Blocks = 2, Heads = 2, Hidden = 12, Dropout = 0 }, new Noise(1));
        foreach (var (_, parameter) in model.named_parameters()) parameter.normal_(parameter.dim() == 2 ? 0 : 0.7, 0.5);
        model.eval();
        return model;
    }
}
