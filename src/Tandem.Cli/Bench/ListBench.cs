using System.Diagnostics;
using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Codes.Generative;
using Tandem.Learning.Codes.Network;
using Tandem.Learning.Collaboration;
using Tandem.Learning.Runs;
using Tandem.Learning.Training;
using Tandem.Protocol.Messages;

namespace Tandem.Cli.Bench;

/// <summary>
/// What a list of the cloud's models costs. Weights, codes and histories are drawn at random: they are of no matter to the time.
/// </summary>
internal static class ListBench
{
    private const int History = 50, BatchSize = 32, Seed = 1;
    private const int MillionItems = 1_000_000;

    /// <summary>Items of the catalogue that lists are made from: as many as Beauty has.</summary>
    public const int Items = 12_101;

    /// <summary>The parallel model in the size of a preset, over a catalogue of so many items.</summary>
    /// <exception cref="UsageException">There is no such preset.</exception>
    public static ICandidateGenerator Parallel(string preset, int items)
    {
        var recipe = Recipe<ParallelRecipe>("parallel", preset);
        var model = recipe.Build(Codes(recipe.Codes, items));
        return new ScoredCandidates(new ParallelScorer(model, popularityWeight: 0.001), "bench", preset);
    }

    /// <summary>The generative model in the size of a preset, over <see cref="Items"/> items.</summary>
    /// <exception cref="UsageException">There is no such preset.</exception>
    public static ICandidateGenerator Generative(string preset)
    {
        var recipe = Recipe<GenerativeRecipe>("generative", preset);
        var codes = Codes(recipe.Codes, Items);
        var model = recipe.Build(codes.ToTokens());
        model.eval();
        var scorer = new GenerativeScorer(model, codes.ToTokens(), new(new long[Items + 1], null), recipe.Window, recipe.Lists.Beams);
        return new GenerativeCandidates(scorer.Search, "bench", preset);
    }

    private static T Recipe<T>(string model, string preset)
    {
        var kind = ModelKinds.Find(model);
        var settings = kind.Defaults();
        RecipeJson.Merge(settings, Models.AskedModel.FindPreset(kind, preset).Settings);
        return RecipeJson.Read<T>(settings);
    }

    private static ItemCodes Codes(CodeOptions options, int items)
    {
        var random = NamedSeed.Create(Seed, "codes");
        var codes = new ushort[items * options.Levels];
        for (var i = 0; i < codes.Length; i++) codes[i] = (ushort)random.Next(options.CodebookSize);
        return new(options.Levels, options.CodebookSize, codes);
    }

    /// <summary>The middle of many rounds, and the share of proposed items that exist, come once and are not of the history.</summary>
    /// <param name="generator">Of <see cref="Items"/> items.</param>
    /// <param name="candidates">Items of a list.</param>
    /// <param name="rounds">Batches that are timed, 3 or more; single requests as well.</param>
    public static ListFigures Measure(ICandidateGenerator generator, int candidates, int rounds)
    {
        var batch = Requests(BatchSize, candidates, Items, "batch");
        var single = Requests(1, candidates, Items, "single");
        var (many, lists) = Seconds(generator, batch, rounds);
        return new()
        {
            ListsPerSecond = BatchSize / many,
            FirstListMillis = 1000 * Seconds(generator, single, rounds).Seconds,
            ValidBeamShare = lists.Zip(batch, Valid).Average(),
        };
    }

    /// <summary>Milliseconds of one list from a million items.</summary>
    public static double MillionItemMillis(string preset, int candidates, int rounds) =>
        1000 * Seconds(Parallel(preset, MillionItems), Requests(1, candidates, MillionItems, "million"), rounds).Seconds;

    private static (double Seconds, IReadOnlyList<CandidateList> Lists) Seconds(
        ICandidateGenerator generator, CandidateRequest[] requests, int rounds)
    {
        var lists = Generate(generator, requests); // compiles, and makes what is kept
        var seconds = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            lists = Generate(generator, requests);
            seconds[round] = clock.Elapsed.TotalSeconds;
        }

        Array.Sort(seconds);
        return (seconds[rounds / 2], lists);
    }

    private static IReadOnlyList<CandidateList> Generate(ICandidateGenerator generator, CandidateRequest[] requests) =>
        generator.GenerateAsync(requests).AsTask().GetAwaiter().GetResult();

    private static CandidateRequest[] Requests(int count, int candidates, int items, string name)
    {
        var random = NamedSeed.Create(Seed, $"histories, {name}");
        return [.. Enumerable.Range(0, count).Select(_ => new CandidateRequest
        {
            CatalogVersion = "bench",
            Count = candidates,
            History = [.. Enumerable.Range(0, History).Select(_ => random.Next(1, items + 1))],
        })];
    }

    private static double Valid(CandidateList list, CandidateRequest request) => list.Items.Count == 0
        ? 0
        : (double)list.Items.Distinct().Except(request.History).Count(item => item is >= 1 and <= Items) / list.Items.Count;
}

/// <summary>What lists after 50 events cost.</summary>
internal sealed record ListFigures
{
    /// <summary>In batches of 32.</summary>
    public required double ListsPerSecond { get; init; }

    /// <summary>Milliseconds of one by itself.</summary>
    public required double FirstListMillis { get; init; }

    /// <summary>Share of the proposed items that exist, come once and are new to the user.</summary>
    public required double ValidBeamShare { get; init; }
}
