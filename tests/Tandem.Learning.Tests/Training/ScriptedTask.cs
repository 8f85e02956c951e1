using Tandem.Data.Batches;
using Tandem.Learning.Layers;
using Tandem.Learning.Training;
using TorchSharp.Utils;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Tandem.Learning.Tests.Training;

/// <summary>One weight that every step moves, and validations that come as the test wrote them.</summary>
internal sealed class ScriptedTask(params double?[] validations) : ITrainingTask<SequenceBatch>, IDisposable
{
    private readonly OneWeight _network = new();
    private int _step;

    public IReadOnlyList<Replica> Replicas => [new(_network, new Noise(1))];

    /// <summary>The weight at each validation.</summary>
    public List<float> Weights { get; } = [];

    /// <summary>Stands in for the loss of each step, counted from 1 over all epochs, where it is set.</summary>
    public Func<int, float>? Loss { get; init; }

    public int BatchesPerEpoch { get; init; } = 1;

    public float Weight => Values.Of(_network.Weight)[0];

    public IReadOnlyList<SequenceBatch> BeginEpoch(int epoch) => [.. Enumerable.Repeat(ToySequences.Batch([1, 2, 3]), BatchesPerEpoch)];

    Tensor ITrainingTask<SequenceBatch>.Loss(SequenceBatch batch, int replica)
    {
        _step++;
        return Loss is null ? _network.Weight.sum() : _network.Weight.sum().Times(Loss(_step));
    }

    public double? Validate()
    {
        Weights.Add(Weight);
        return validations[Weights.Count - 1];
    }

    public void Dispose() => _network.Dispose();

    private sealed class OneWeight : nn.Module
    {
        [ComponentName(Name = "weight")] private readonly Parameter _weight = nn.Parameter(ones(1));

        public OneWeight() : base(nameof(OneWeight)) => RegisterComponents();

        public Parameter Weight => _weight;
    }
}
