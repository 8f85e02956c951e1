using System.Text.Json.Nodes;
using Tandem.Learning.Language.Architectures;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Tokenizers;
using Tandem.Learning.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tandem.Learning.Tuning;

/// <summary>
/// An open language model with what is trained of it: every weight, or low-rank changes beside frozen ones, and the rows of the tokens that
/// are added. Its parameters are those that are trained.
/// </summary>
internal sealed class TunedModel : nn.Module
{
    private readonly Held _held; // no module of its own, or frozen weights would be saved at each epoch
    private readonly Parameter? _words;

    /// <param name="checkpoint">Its weights in float32 where all of them are trained; owned from here on.</param>
    /// <param name="lora">Null to train every weight.</param>
    /// <param name="rows">[N, D] what is read of N added tokens at the start; null for none.</param>
    /// <param name="heads">[N, D] by what they are written; null where that is the same.</param>
    /// <param name="words">
    /// Items whose tokens an encoder is told belong together, and the rows that tell it at the start; null, the default, to tell it
    /// nothing.
    /// </param>
    public TunedModel(
        LanguageCheckpoint checkpoint, LowRankOptions? lora, Tensor? rows, Tensor? heads, (WrittenItems Items, Tensor Rows)? words = null)
        : base(nameof(TunedModel))
    {
        _held = new(checkpoint);
        var tables = (ITrainedLanguageModel)checkpoint.Network;
        Slots = new(checkpoint.Network);
        if (lora is null)
        {
            register_module("model", checkpoint.Network);
        }
        else
        {
            foreach (var (_, parameter) in checkpoint.Network.named_parameters()) parameter.requires_grad_(false);
            register_module("lora", new LowRank(Slots, lora));
        }

        if (rows is not null) tables.Read.Added = Registered("rows", rows);
        if (heads is not null) tables.Written!.Added = Registered("heads", heads);
        if (words is null) return;
        _words = Registered("words", words.Value.Rows);
        ItemWords.Attach(checkpoint, words.Value.Items, _words);
    }

    /// <summary>Reads and writes.</summary>
    public ILanguageModel Model => _held.Checkpoint.Model;

    /// <summary>What was opened.</summary>
    public LanguageCheckpoint Checkpoint => _held.Checkpoint;

    private WeightSlots Slots { get; }

    /// <summary>Turns dropout on or off, in frozen layers, too.</summary>
    public void SetMode(bool isTraining)
    {
        train(isTraining);
        _held.Checkpoint.Network.train(isTraining);
    }

    /// <summary>
    /// Writes the model as Hugging Face's libraries read it: what low-rank adaptation adds is folded into the weights, added rows stand in
    /// the tables. Weights keep the types in which they were stored.
    /// </summary>
    /// <param name="folder">Where.</param>
    /// <param name="source">The folder that was opened, for settings and tokenizer.</param>
    /// <param name="metadata">What the weights' file says besides, by name.</param>
    public void Save(string folder, string source, IReadOnlyDictionary<string, string> metadata)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var network = _held.Checkpoint.Network;
        var folded = Slots.Folded(row: 0).ToDictionary(weight => weight.Name, weight => weight.Values, StringComparer.Ordinal);
        var tables = (ITrainedLanguageModel)network;
        var weights = network.named_parameters().Select(weight => (weight.name, Values: Final(weight.name, weight.parameter))).ToArray();
        var config = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(source, LlamaConfig.FileName)))!;
        config["vocab_size"] = Model.Vocabulary;
        CheckpointWriter.Save(folder, config, weights, long.MaxValue, metadata);
        if (_words is not null) ItemWords.Save(folder, _words);
        TokenizerFolder.Copy(source, folder);

        Tensor Final(string name, Parameter parameter)
        {
            if (folded.TryGetValue(name, out var changed)) return TypedProduct.InType(changed, parameter.dtype);
            foreach (var table in new[] { tables.Read, tables.Written })
            {
                if (table?.Added is { } added && ReferenceEquals(table.Weight, parameter))
                    return cat([parameter, TypedProduct.InType(added, parameter.dtype)], dim: 0);
            }

            return parameter;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) _held.Checkpoint.Dispose();
    }

    private Parameter Registered(string name, Tensor start)
    {
        using var detached = start.detach();
        var parameter = nn.Parameter(detached.to(_held.Checkpoint.Device, copy: true));
        register_parameter(name, parameter);
        return parameter;
    }

    private sealed record Held(LanguageCheckpoint Checkpoint);
}
