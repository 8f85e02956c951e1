using System.Security.Cryptography;
using Tandem.Data;
using Tandem.Learning.Codes;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Tokenizers;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Tuning;

/// <summary>The training of an open language model on a catalogue's users and items.</summary>
/// <param name="recipe">Every setting.</param>
/// <param name="dataset">Users and items.</param>
/// <param name="codes">Of the items, where they are written by them.</param>
internal sealed class LanguageTuning(LanguageRecipe recipe, SequenceDataset dataset, ItemCodes? codes)
{
    private readonly string?[] _titles = [null, .. Enumerable.Range(1, dataset.Catalog.Count).Select(item => dataset.Catalog[item].Title)];
    private readonly TextTokenizer? _tokenizer = Tokenizer(recipe);

    /// <summary>Refuses a checkpoint that cannot be taught so; nothing is trained or written yet.</summary>
    /// <exception cref="CheckpointFolderException">It is of no architecture that this version knows, or damaged.</exception>
    /// <exception cref="RecipeException">Its tokenizer cannot be used, or the accelerator is not there.</exception>
    public static void Require(LanguageRecipe recipe)
    {
        if (Accelerators.Fault(recipe.Accelerator) is { } missing) throw new RecipeException(missing);
        var vocabulary = LanguageCheckpoint.VocabularyOf(recipe.Checkpoint!);
        using var files = CheckpointFolder.Open(recipe.Checkpoint!);
        if (Tokenizer(recipe) is { } tokenizer) KnownTokens.Of(tokenizer, "Which item comes next? 0123456789", vocabulary);
    }

    /// <summary>Trains from the start, or from the checkpoint where one is there.</summary>
    /// <param name="sequences">What may be learned from each user.</param>
    /// <param name="validation">By whom the best epoch is chosen; null to train all epochs and keep the last.</param>
    /// <param name="checkpoint">Path of the checkpoint file.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="pauseAfter">Epochs after which to pause.</param>
    /// <param name="cancel">Stops between two steps.</param>
    /// <returns>The model in evaluation.</returns>
    public (TunedModel Model, TrainingResult Result) Train(
        TrainingSequences sequences, RankedCases? validation, string checkpoint, IProgress<TrainingProgress> progress, int pauseAfter,
        CancellationToken cancel)
    {
        var replicas = Replicas();
        var first = (TunedModel)replicas[0].Network;
        var items = Written(first.Checkpoint);
        var task = new TuningTask(replicas, recipe, items, Instructions(items), sequences, Sampled(validation));
        var settings = TrainingSettings.Describe(recipe, dataset, sequences, validation is not null, $"{codes?.Version} {Weights()}");
        var result = new TrainingLoop<TuningBatch>(task, recipe.Training, settings, checkpoint, progress).Run(pauseAfter, cancel);
        foreach (var other in replicas.Skip(1)) other.Network.Dispose();
        first.SetMode(isTraining: false);
        return (first, result);
    }

    /// <summary>Items as a model writes them.</summary>
    /// <param name="checkpoint">With the tokens that are added for them.</param>
    public WrittenItems Written(LanguageCheckpoint checkpoint) =>
        WrittenItems.Of(recipe.Writing, checkpoint, codes, dataset.Catalog.Count, _tokenizer);

    /// <summary>A finished model with all that it was trained with.</summary>
    /// <exception cref="SafetensorsException">A file is damaged.</exception>
    public LanguageCheckpoint Open()
    {
        var opened = LanguageCheckpoint.Open(recipe.Checkpoint!);
        opened.Model.Arithmetic = recipe.Arithmetic;
        opened.MoveTo(recipe.Accelerator);
        if (Words(opened, isTrained: true) is not { } words) return opened;
        using var rows = words.Rows;
        ItemWords.Attach(opened, words.Items, rows.to(opened.Device, copy: true).DetachFromDisposeScope());
        return opened;
    }

    /// <summary>Words around them.</summary>
    public Instructions Instructions(WrittenItems items) => new(items, _tokenizer, _titles);

    /// <summary>Those of the cases that choose epoch and calibration.</summary>
    public RankedCases? Sampled(RankedCases? validation) =>
        validation?.Sample(recipe.Lists.ValidationUsers ?? int.MaxValue, recipe.Training.Seed);

    private IReadOnlyList<Replica> Replicas()
    {
        TunedModel? first = null;
        return Replica.Create(recipe.Training.Replicas, noise =>
        {
            var opened = LanguageCheckpoint.Open(recipe.Checkpoint!, widen: recipe.Lora is null, noise, recipe.Dropout);
            opened.Model.Arithmetic = recipe.Arithmetic;
            opened.MoveTo(recipe.Accelerator);
            ((ITrainedLanguageModel)opened.Network).Recompute = recipe.Recompute;
            if (first is not null) Share(first.Checkpoint.Network, opened.Network);
            var (rows, heads) = Rows(opened);
            manual_seed(NamedSeed.Derive(recipe.Training.Seed, "weights"));
            var words = Words(opened, isTrained: false);
            var model = new TunedModel(opened, recipe.Lora, rows, heads, words);
            rows?.Dispose();
            heads?.Dispose();
            words?.Rows.Dispose();
            first ??= model;
            return model;
        });
    }

    /// <summary>Frozen weights lie in memory once.</summary>
    private static void Share(nn.Module first, nn.Module other)
    {
        using var mode = no_grad();
        foreach (var ((_, own), (_, shared)) in other.named_parameters().Zip(first.named_parameters())) own.set_(shared);
    }

    /// <summary>Rows of the tokens that are added, as they are read and as they are written.</summary>
    private (Tensor? Rows, Tensor? Heads) Rows(LanguageCheckpoint opened)
    {
        if (recipe.Writing != ItemWriting.Codes) return (null, null);
        var tables = (ITrainedLanguageModel)opened.Network;
        return (Of(tables.Read), tables.Written is { } written ? Of(written) : null);

        Tensor Of(TokenTable table) => CodeRows.Of(table.Weight, codes!, _titles, _tokenizer, recipe.Training.Seed);
    }

    /// <summary>What tells an encoder which of its tokens are one item.</summary>
    private (WrittenItems Items, Tensor Rows)? Words(LanguageCheckpoint opened, bool isTrained) =>
        ItemWords.AreUsed(recipe, opened) ? (Written(opened), ItemWords.Of(opened, recipe.Checkpoint!, isTrained)) : null;

    /// <summary>Names the weights that training starts from: a run on others is another run.</summary>
    private string Weights()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in Directory.EnumerateFiles(recipe.Checkpoint!, "*.safetensors").Order(StringComparer.Ordinal))
        {
            using var file = File.OpenRead(path);
            hash.AppendData(SHA256.HashData(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <exception cref="RecipeException">What is taught needs a tokenizer, and the folder has none.</exception>
    private static TextTokenizer? Tokenizer(LanguageRecipe recipe)
    {
        var needed = recipe.Writing != ItemWriting.Codes || recipe.Taught.Any(kind => kind != InstructionKind.History);
        try
        {
            return TokenizerFolder.Open(recipe.Checkpoint!);
        }
        catch (CheckpointFolderException e) when (!needed)
        {
            // One that is there and cannot be read is a fault, whether it is needed or not.
            var isThere = TokenizerFolder.Files.Any(name => File.Exists(Path.Combine(recipe.Checkpoint!, name)));
            return isThere ? throw new RecipeException(e.Message) : null;
        }
    }
}
