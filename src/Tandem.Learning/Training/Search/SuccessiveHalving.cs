using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Protocol;

namespace Tandem.Learning.Training.Search;

/// <summary>Trains one configuration for so many epochs in all, going on from what it left in its folder.</summary>
/// <param name="settings">The whole recipe.</param>
/// <param name="trialFolder">The trial's own; exists.</param>
/// <param name="epochs">Epochs in all, those of earlier rungs included.</param>
/// <param name="cancel">Stops the search.</param>
/// <returns>The best validation so far, higher is better.</returns>
/// <exception cref="TrainingException">These settings cannot be trained; the trial counts as failed, the search goes on.</exception>
public delegate double TrainToRung(JsonObject settings, string trialFolder, int epochs, CancellationToken cancel);

/// <summary>
/// Random search with successive halving (Jamieson and Talwalkar, arXiv 1502.07943, with the rungs of Hyperband, arXiv 1603.06560):
/// n random configurations are trained for a few epochs, the best of every η go on for η times as many, until the last are trained in full.
/// </summary>
/// <remarks>
/// Validation alone decides; ties go to the lower number; a failed trial never goes on. The best validation of many trials is flattered by
/// the choice: what it is worth shows on the test targets, once. The folder holds <c>trials.json</c>, <c>best.json</c> (the recipe with the
/// best values) and a folder per trial. A search that was cut off goes on with the trial it stood at.
/// </remarks>
public sealed class SuccessiveHalving
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly SearchSpace _space;
    private readonly SuccessiveHalvingOptions _options;
    private readonly JsonObject _recipe;
    private readonly string _folder;
    private readonly TrialFile _file;
    private readonly TrainToRung _train;
    private readonly IProgress<Trial>? _progress;

    /// <param name="space">What is searched.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="recipe">The settings that the space leaves as they are.</param>
    /// <param name="subject">What is learned from, such as the data's hash: a search on something else is not continued.</param>
    /// <param name="folder">Made where absent; one that holds the same search is continued.</param>
    /// <param name="train">Trains a configuration.</param>
    /// <param name="progress">Receives every result.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    /// <exception cref="SearchException">The space does not fit the recipe.</exception>
    public SuccessiveHalving(
        SearchSpace space, SuccessiveHalvingOptions options, JsonObject recipe, string subject, string folder, TrainToRung train,
        IProgress<Trial>? progress = null)
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        space.Check(recipe);
        (_space, _options, _recipe, _folder, _train, _progress) = (space, options, recipe, folder, train, progress);
        var search = new JsonObject
        {
            ["subject"] = subject,
            ["options"] = JsonSerializer.SerializeToNode(options, _json),
            ["space"] = space.Declared.DeepClone(),
            ["recipe"] = recipe.DeepClone(),
        };
        _file = new TrialFile(Path.Combine(folder, "trials.json"), search);
    }

    /// <summary>Searches to the end.</summary>
    /// <exception cref="SearchException">The folder holds another search, or every trial failed.</exception>
    public SearchResult Run(CancellationToken cancel = default)
    {
        Directory.CreateDirectory(_folder);
        var trials = (_file.Read() ?? Begin()).ToArray();
        var alive = Enumerable.Range(0, trials.Length).ToArray();
        foreach (var (rung, (count, epochs)) in _options.Rungs().Index())
        {
            if (rung > 0) alive = Survivors(trials, alive, rung - 1, count);
            foreach (var number in alive.Where(number => trials[number].Rungs.Count == rung))
            {
                cancel.ThrowIfCancellationRequested();
                trials[number] = Go(trials[number], epochs, cancel);
                _file.Write(trials);
                _progress?.Report(trials[number]);
            }
        }

        return Conclude(trials);
    }

    private static int[] Survivors(Trial[] trials, int[] alive, int rung, int count) =>
    [
        .. alive.Where(number => double.IsFinite(trials[number].ValidationAt(rung)))
            .OrderByDescending(number => trials[number].ValidationAt(rung)).ThenBy(number => number).Take(count).Order(),
    ];

    private Trial[] Begin()
    {
        Trial[] trials = [.. _space.Draw(_options.Seed, _options.Configurations).Select((overrides, i) => new Trial(i, overrides, []))];
        if (trials.Any(trial => Directory.Exists(Folder(trial))))
        {
            throw new SearchException(
                $"{_folder}: holds trials but no trials.json that tells of what; give this search a folder of its own");
        }

        _file.Write(trials);
        return trials;
    }

    private Trial Go(Trial trial, int epochs, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var (validation, failure) = Train(trial, epochs, cancel);
        return trial with { Rungs = [.. trial.Rungs, new RungResult(epochs, validation, clock.Elapsed.TotalSeconds, failure)] };
    }

    private (double? Validation, string? Failure) Train(Trial trial, int epochs, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(Folder(trial)).FullName;
        try
        {
            var validation = _train(SearchSpace.Merge(_recipe, trial.Overrides), folder, epochs, cancel);
            return double.IsFinite(validation)
                ? (validation, null)
                : (null, FormattableString.Invariant($"the validation is {validation}"));
        }
        catch (TrainingException e)
        {
            return (null, e.Message);
        }
    }

    private SearchResult Conclude(Trial[] trials)
    {
        var best = trials.Where(trial => double.IsFinite(trial.Validation))
            .OrderByDescending(trial => trial.Rungs.Count).ThenByDescending(trial => trial.Validation).ThenBy(trial => trial.Number)
                .FirstOrDefault()
            ?? throw new SearchException(
                $"all {trials.Length} trials failed, the first with: {trials[0].Rungs[0].Failure}; change the space or the recipe");
        var settings = SearchSpace.Merge(_recipe, best.Overrides);
        DurableFile.WriteText(Path.Combine(_folder, "best.json"), settings.ToJsonString(_json) + "\n");
        return new SearchResult(trials, best, settings);
    }

    private string Folder(Trial trial) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"trial-{trial.Number:000}"));
}
