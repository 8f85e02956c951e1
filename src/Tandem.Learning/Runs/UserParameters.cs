using System.Security.Cryptography;
using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Codes;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;
using Tandem.Learning.Training;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Runs;

/// <summary>The cloud's side of personal weights: what a user did → a packet for the user's device.</summary>
public sealed class UserParameters
{
    private const int MostLearned = 20_000; // histories that codes are learned from
    private const int Tile = 128;
    private const int HashDigits = 16;

    private readonly SequenceModel _model;
    private readonly ParameterSource _source;
    private readonly ParameterFactors? _factors;
    /// <param name="scorer">Of a model with a source.</param>
    /// <exception cref="ArgumentException">The model makes no weights for users.</exception>
    public UserParameters(SequenceScorer scorer)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        (_model, _factors) = (scorer.Model, scorer.Factors);
        _source = _model.Parameters ?? throw new ArgumentException("the model makes no weights for users", nameof(scorer));
        Codes = _factors is null ? null : CodesOf(_source, _factors);
    }

    /// <summary>Codes of users' numbers by the tables of the bundle; null where there are none.</summary>
    public WeightCodes? Codes { get; }

    /// <summary>The smallest form that there is: codes, cores, or whole weights.</summary>
    public ParameterForm SmallestForm =>
        Codes is not null ? ParameterForm.Codes : _factors is not null ? ParameterForm.LowRank : ParameterForm.Full;

    /// <summary>What all users share of a trained model's weights, with codes; null where whole weights are generated, or none.</summary>
    /// <param name="model">Trained.</param>
    /// <param name="cases">Histories that codes are learned from.</param>
    /// <param name="seed">Of the codes.</param>
    public static ParameterFactors? FactorsOf(SequenceModel model, RankedCases cases, int seed)
    {
        if (model.Parameters is not { Options.HasCores: true } source) return null;
        var some = cases.Sample(MostLearned, seed);
        float[] numbers = [.. Enumerable.Range(0, some.Count).Select(some.History).Where(history => history.Length > 0)
            .OrderBy(history => history.Length).Chunk(Tile)
            .SelectMany(tile => SequenceScorer.Numbers(model, tile)).SelectMany(own => own[^source.Size..])];
        var codes = numbers.Length == 0
            ? null
            : WeightCodes.Learn(numbers, source.Size, source.Options.CodeLevels, source.Options.CodeSize, seed);
        return new([.. Cores(source).Select((layer, i) => FactorsOf(layer, codes, First(source, i)))], MaxNorm(model, numbers));
    }

    /// <summary>Twice the greatest change that some histories make, as a share of the weights' norm: what is beyond is no user's.</summary>
    /// <param name="model">With a source of cores.</param>
    /// <param name="numbers">[N × S].</param>
    private static double MaxNorm(SequenceModel model, float[] numbers)
    {
        if (numbers.Length == 0) return ParameterFactors.DefaultMaxNorm;
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var greatest = 0.0;
        foreach (var (slot, change) in model.Parameters!.Changes(tensor(numbers).view(-1, model.Parameters.Size)))
        {
            var weight = model.Slots[slot].Weight.norm().item<float>();
            // ‖U S V‖² = tr(Uᵀ U S V Vᵀ Sᵀ): no matrix of O × I for each history.
            var left = change.Up!.t().matmul(change.Up!).matmul(change.Core!);                 // [N, R, R]
            var right = change.Core!.matmul(change.Down!.matmul(change.Down!.t()));
            var changed = Math.Sqrt(Math.Max(0, (left * right).sum(1).sum(1).max().item<float>()));
            if (change.Bias is not null) changed = Math.Max(changed, change.Bias.Squared().sum(1).max().sqrt().item<float>());
            greatest = Math.Max(greatest, weight > 0 ? changed / weight : 0);
        }

        return greatest > 0 ? 2 * greatest : ParameterFactors.DefaultMaxNorm;
    }

    /// <summary>Keeps factors in a file; a crash leaves the old one or the new one.</summary>
    public static void Save(ParameterFactors factors, string path)
    {
        var writer = new SafetensorsWriter();
        factors.Write(writer);
        writer.Save(path);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; null for a model that has no factors.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public static ParameterFactors? Load(SequenceModel model, string path)
    {
        if (model.Parameters is not { Options.HasCores: true }) return null;
        return ParameterFactors.TryRead(SafetensorsFile.Load(path), out var factors, out var fault)
            ? factors
            : throw new RunException($"{path}: {fault}; train the model again");
    }

    /// <summary>A user's packet.</summary>
    /// <param name="history">What the user did, one event at least.</param>
    /// <param name="form">What it brings.</param>
    /// <param name="modelVersion">Of the bundle.</param>
    /// <param name="createdAt">Unix seconds; null to leave it unsaid.</param>
    /// <param name="validFor">Seconds; null without end.</param>
    /// <exception cref="NotSupportedException">The model generates whole weights, so there are no cores and codes of them.</exception>
    public byte[] Make(History history, ParameterForm form, string modelVersion, long? createdAt = null, long? validFor = null)
    {
        if (history.Length == 0) throw new ArgumentException("weights are made from events; give one at least", nameof(history));
        var numbers = SequenceScorer.Numbers(_model, [history])[0][^_source.Size..];
        var writer = new SafetensorsWriter();
        if (form == ParameterForm.Full) AddFull(writer, numbers);
        else AddSmall(writer, numbers, form);
        var version = Convert.ToHexStringLower(SHA256.HashData(writer.ToArray()))[..HashDigits];
        return ParameterPacket.ToBytes(modelVersion, version, writer, new()
        {
            Factors = form == ParameterForm.Full ? null : _factors!.Hash,
            CreatedAt = createdAt,
            ValidFor = validFor,
        });
    }

    private void AddFull(SafetensorsWriter writer, float[] numbers)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var change = _model.Slots.Change(_source.Changes(tensor(numbers, 1, numbers.Length)));
        foreach (var (name, values) in _model.Slots.Folded(row: 0))
            writer.Add<float>(name, TensorValues.Copy(values), [.. values.shape.Select(n => (int)n)]);
    }

    private void AddSmall(SafetensorsWriter writer, float[] numbers, ParameterForm form)
    {
        if (_factors is null || (form == ParameterForm.Codes && Codes is null))
        {
            throw new NotSupportedException($"the model has no {(form == ParameterForm.Codes ? "codes" : "cores")} of weights, but "
                + "makes them as they are; ask for the full form, or train it with parameters.form=lowRank");
        }

        if (form == ParameterForm.Codes)
        {
            PacketTensors.AddCodes(writer, Codes!.Code(numbers));
            return;
        }

        foreach (var (layer, i) in Cores(_source).Select((layer, i) => (layer, i)))
        {
            var core = layer.Core(numbers.AsSpan(First(_source, i), (int)layer.Size));
            PacketTensors.AddCore(writer, _factors.Find(layer.Slot)!, core);
        }
    }

    private static LayerFactors FactorsOf(DynamicLayer layer, WeightCodes? codes, int first)
    {
        var own = LayerFactors.Of(layer.Slot, layer.Rank, TensorValues.Copy(layer.Up!), TensorValues.Copy(layer.Down!), layer.HasBias);
        if (codes is null) return own;
        var levels = new List<float>();
        for (var level = 0; level < codes.Levels; level++)
        {
            for (var code = 0; code < codes.Size; code++)
                levels.AddRange(layer.Core(codes.Table(level).Slice(code * codes.Width + first, (int)layer.Size)));
        }

        return own.WithLevels(codes.Levels, levels.ToArray());
    }

    /// <summary>Codes by the tables as devices have them, rounded.</summary>
    private static WeightCodes? CodesOf(ParameterSource source, ParameterFactors factors)
    {
        if (factors.CodeCount == 0) return null;
        var (width, size) = (source.Size, factors.LevelCount);
        var tables = Enumerable.Range(0, factors.CodeCount).Select(_ => new float[size * width]).ToArray();
        foreach (var (layer, i) in Cores(source).Select((layer, i) => (layer, i)))
        {
            var own = factors.Find(layer.Slot)
                ?? throw new RunException($"the factors have no layer {layer.Slot}, which the model changes; train the model again");
            var levels = Array.ConvertAll(own.Levels.ToArray(), value => (float)value);
            for (var row = 0; row < tables.Length * size; row++)
            {
                layer.Numbers(levels.AsSpan(row * own.CoreLength, own.CoreLength))
                    .CopyTo(tables[row / size].AsSpan(row % size * width + First(source, i)));
            }
        }

        return WeightCodes.Of(tables, width);
    }

    private static IEnumerable<DynamicLayer> Cores(ParameterSource source) => source.Layers.Cast<DynamicLayer>();

    /// <summary>The place of a layer's first number among all.</summary>
    private static int First(ParameterSource source, int layer) => (int)source.Layers.Take(layer).Sum(own => own.Size);
}
