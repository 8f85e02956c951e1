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
    private const int HashDigits = 16;

    private readonly UserSource _users;
    private readonly ParameterFactors? _factors;

    /// <param name="scorer">Of a model with a source.</param>
    /// <exception cref="ArgumentException">The model makes no weights for users.</exception>
    public UserParameters(SequenceScorer scorer) : this(Required(UserSource.Of(NotNull(scorer).Model)), scorer.Factors)
    {
    }

    /// <param name="scorer">Of a DIN with a source.</param>
    /// <exception cref="ArgumentException">The model makes no weights for users.</exception>
    public UserParameters(DinScorer scorer) : this(Required(UserSource.Of(NotNull(scorer).Model)), scorer.Factors)
    {
    }

    private UserParameters(UserSource users, ParameterFactors? factors)
    {
        (_users, _factors) = (users, factors);
        Codes = factors is null ? null : UserFactors.CodesOf(_users, factors);
    }

    /// <summary>Of any model; null where it makes no weights for users.</summary>
    public static UserParameters? Of(IItemScorer model) => model switch
    {
        SequenceScorer { Model.Parameters: not null } sequence => new(sequence),
        DinScorer { Model.Parameters: not null } din => new(din),
        _ => null,
    };

    /// <summary>Codes of users' numbers by the tables of the bundle; null where there are none.</summary>
    public WeightCodes? Codes { get; }

    /// <summary>The form whose packets have the fewest bytes.</summary>
    public ParameterForm SmallestForm => IsPlan ? ParameterForm.Plan
        : Codes is not null ? ParameterForm.Codes
        : _factors is not null ? ParameterForm.LowRank : ParameterForm.Full;

    private bool IsPlan => _users.Source.Options.Source == ParameterSourceKind.Precision;

    /// <summary>What all users share of a trained model's weights, with codes; null where whole weights are generated, or none.</summary>
    /// <param name="model">Trained.</param>
    /// <param name="cases">Histories that codes are learned from.</param>
    /// <param name="seed">Of the codes.</param>
    public static ParameterFactors? FactorsOf(SequenceModel model, RankedCases cases, int seed) =>
        UserFactors.Learn(UserSource.Of(model), cases, seed);

    /// <inheritdoc cref="FactorsOf(SequenceModel, RankedCases, int)"/>
    public static ParameterFactors? FactorsOf(Din model, RankedCases cases, int seed) =>
        UserFactors.Learn(UserSource.Of(model), cases, seed);

    /// <summary>Keeps factors in a file; a crash leaves the old one or the new one.</summary>
    public static void Save(ParameterFactors factors, string path)
    {
        var writer = new SafetensorsWriter();
        factors.Write(writer);
        writer.Save(path);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; null for a model that has no factors.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public static ParameterFactors? Load(SequenceModel model, string path) =>
        model.Parameters is { Options.HasCores: true } ? Load(path) : null;

    /// <summary>The same of DIN, of which earlier versions kept no factors: null then, and full weights alone can be made.</summary>
    /// <inheritdoc cref="Load(SequenceModel, string)"/>
    public static ParameterFactors? Load(Din model, string path) =>
        model.Parameters is { Options.HasCores: true } && File.Exists(path) ? Load(path) : null;

    /// <summary>A user's packet.</summary>
    /// <param name="history">What the user did, one event at least.</param>
    /// <param name="form">What it brings.</param>
    /// <param name="modelVersion">Of the bundle.</param>
    /// <param name="createdAt">Unix seconds; null to leave it unsaid.</param>
    /// <param name="validFor">Seconds; null without end.</param>
    /// <exception cref="NotSupportedException">What the model generates has no such form.</exception>
    public byte[] Make(History history, ParameterForm form, string modelVersion, long? createdAt = null, long? validFor = null)
    {
        if (history.Length == 0) throw new ArgumentException("weights are made from events; give one at least", nameof(history));
        if (FaultOf(form) is { } fault) throw new NotSupportedException(fault);
        var numbers = _users.Numbers([history])[0];
        var writer = new SafetensorsWriter();
        switch (form)
        {
            case ParameterForm.LowRank: AddCores(writer, numbers); break;
            case ParameterForm.Codes: PacketTensors.AddCodes(writer, Codes!.Code(numbers)); break;
            case ParameterForm.Plan: AddPlans(writer, numbers); break;
            default: AddFull(writer, numbers); break;
        }

        var version = Convert.ToHexStringLower(SHA256.HashData(writer.ToArray()))[..HashDigits];
        return ParameterPacket.ToBytes(modelVersion, version, writer, new()
        {
            Factors = ParameterPacket.StandsOnFactors(form) ? _factors!.Hash : null,
            CreatedAt = createdAt,
            ValidFor = validFor,
        });
    }

    /// <summary>Why there are no packets of a form, or null.</summary>
    private string? FaultOf(ParameterForm form)
    {
        if (form == ParameterForm.Plan && !IsPlan)
            return "the model makes weights, and no plan of precision; ask for another form, or train it with parameters.source=precision";
        if (IsPlan && ParameterPacket.StandsOnFactors(form))
            return "the model makes a plan of precision, which has neither cores nor codes; ask for the form plan or full";
        if (form == ParameterForm.LowRank ? _factors is not null : form != ParameterForm.Codes || Codes is not null) return null;
        return $"the model has no {(form == ParameterForm.Codes ? "codes" : "cores")} of weights, but makes them as they are; ask for "
            + "the full form, or train it with parameters.form=lowRank";
    }

    private void AddFull(SafetensorsWriter writer, float[] numbers)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        using var change = _users.Slots.Change(_users.Source.Changes(tensor(numbers, 1, numbers.Length)));
        foreach (var (name, values) in _users.Slots.Folded(row: 0))
            writer.Add<float>(name, TensorValues.Copy(values), [.. values.shape.Select(n => (int)n)]);
    }

    private void AddCores(SafetensorsWriter writer, float[] numbers)
    {
        foreach (var (layer, i) in _users.Cores.Select((layer, i) => (layer, i)))
        {
            var core = layer.Core(numbers.AsSpan(_users.First(i), (int)layer.Size));
            PacketTensors.AddCore(writer, _factors!.Find(layer.Slot)!, core);
        }
    }

    private void AddPlans(SafetensorsWriter writer, float[] numbers)
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        var all = tensor(numbers, 1, numbers.Length);
        foreach (var (layer, i) in _users.Source.Layers.Select((layer, i) => (layer, i)))
        {
            var choices = PrecisionLayer.Choices(all.narrow(1, _users.First(i), layer.Size)).data<long>().ToArray();
            PacketTensors.AddPlan(writer, layer.Slot, Array.ConvertAll(choices, choice => (byte)choice));
        }
    }

    private static ParameterFactors Load(string path) =>
        ParameterFactors.TryRead(SafetensorsFile.Load(path), out var factors, out var fault)
            ? factors
            : throw new RunException($"{path}: {fault}; train the model again");

    private static UserSource Required(UserSource? users) =>
        users ?? throw new ArgumentException("the model makes no weights for users", nameof(users));

    private static T NotNull<T>(T scorer) where T : class
    {
        ArgumentNullException.ThrowIfNull(scorer);
        return scorer;
    }
}
