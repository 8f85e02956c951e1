using Tandem.Data;
using Tandem.Learning.Layers;
using Tandem.Learning.Transfer;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// MergeNet's training (AAAI 2025, arXiv 2404.13322) beside any loop: every T_cycle steps adapters write weights of the target from those
/// of a source, and learn by the gradient that the step's loss has at what they wrote. The target keeps its shape, and once trained needs
/// neither adapters nor source.
/// </summary>
/// <remarks>
/// The gradient of an adapter's weights θ is (∂G/∂θ)ᵀ ∂L/∂W: what backpropagation through W = G(θ) gives, without a path through the
/// network's own graph, so that gates of a GRU and tables take part as linear layers do, and any number of replicas. The published program
/// takes the change that the optimiser made in place of ∂L/∂W, which with momentum is another direction.
/// </remarks>
public sealed class TransferLearning : ITrainingPart, IDisposable
{
    private readonly string _name;
    private readonly TransferOptions _options;
    private readonly int _seed;
    private readonly Noise _noise = new(0);
    private readonly AdapterSet _adapters;
    private readonly AdamW _optimizer;
    private readonly TransferredParameter[] _parameters;
    private readonly TransferPass[] _passes;
    private int _epoch = 1;

    /// <summary>What the adapters made for the step that is under way, and is to be kept after it; null between two transfers.</summary>
    private (Tensor Made, Tensor Kept)[]? _transfer;

    /// <param name="networks">The target's replicas.</param>
    /// <param name="source">Where knowledge comes from.</param>
    /// <param name="options">Adapter, pairs, schedule.</param>
    /// <param name="seed">Draws the adapters' weights and masks, and what a control needs.</param>
    /// <param name="name">What the names of its state begin with. Default <c>transfer</c>.</param>
    /// <exception cref="ArgumentException">Settings have faults, or parameters do not fit them.</exception>
    public TransferLearning(IReadOnlyList<nn.Module> networks, TransferSource source, TransferOptions options, int seed,
        string name = "transfer")
    {
        ArgumentNullException.ThrowIfNull(networks);
        ArgumentNullException.ThrowIfNull(source);
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        (_options, _seed, _name) = (options, seed, name);
        var named = TransferPairs.Of(networks[0], source, options);
        var parameters = named.Select(pair => ParameterView.Parse(pair.Target).Name).Distinct()
            .ToDictionary(parameter => parameter, parameter => new TransferredParameter(parameter, networks));
        _parameters = [.. parameters.Values];
        var sources = new Dictionary<string, SourceRows>(StringComparer.Ordinal);
        var pairs = named.Select(pair =>
        {
            var view = ParameterView.Parse(pair.Target);
            var target = parameters[view.Name];
            var size = view.SizeIn(target.Shape);
            var rows = options.Control == TransferControl.Self ? null : RowsOf(pair);
            if (TransferPairs.FaultOf(size, rows?.Size ?? size, options) is { } fault)
                throw new ArgumentException($"transfer: '{pair.Target}': {fault}", nameof(options));
            return (Target: target, View: view, Size: size, pair.Group, Source: rows);
        }).ToArray();
        manual_seed(NamedSeed.Derive(seed, "adapters"));
        _adapters = new([.. pairs.Select(pair => (pair.Group, pair.Size, pair.Source?.Size ?? pair.Size))], options, _noise);
        _passes = [.. Enumerable.Range(0, pairs.Length)
            // What reads itself reads what no other pair does.
            .GroupBy(i => (_adapters[i], pairs[i].Source, pairs[i].Source is null ? i : -1))
            .Select(group => new TransferPass(
                group.Key.Item1, group.Key.Source, [.. group.Select(i => (pairs[i].Target, pairs[i].View))]))];
        _optimizer = new(
            [_adapters],
            new() { LearningRate = options.LearningRate, WeightDecay = options.WeightDecay, ClipNorm = options.ClipNorm },
            $"{_name}.optimizer");

        SourceRows RowsOf(ParameterPair pair)
        {
            var read = string.Join('\n', pair.Sources);
            return sources.TryGetValue(read, out var rows) ? rows : sources[read] = new(source, pair, options, seed, sources.Count);
        }
    }

    /// <summary>Transfers so far, those of a run that was cut off included.</summary>
    public long Transfers { get; private set; }

    /// <summary>Numbers that the adapters learn; none of them is left in the target.</summary>
    public long AdapterParameters => _adapters.ParameterCount;

    /// <inheritdoc/>
    public void BeginEpoch(int epoch)
    {
        _epoch = epoch;
        if (!_options.Schedule.IsOver(epoch)) return;
        foreach (var parameter in _parameters) parameter.Settle();
    }

    /// <inheritdoc/>
    public void BeforeStep(long number)
    {
        _transfer = null;
        if (!_options.Schedule.IsDue(number, _epoch)) return;
        _noise.Reseed(NamedSeed.Derive(_seed, "adapters' dropout", (int)number));
        _adapters.train();
        Tensor[] made = [.. _passes.Select(pass => pass.Make())];
        _adapters.eval();
        // What stays in the weights carries no mask, whatever the step was taken with.
        Tensor[] kept = _adapters.Drops ? WithoutGradient() : made;
        _transfer = [.. made.Zip(kept)];
        Lay(made);
        Transfers++;

        Tensor[] WithoutGradient()
        {
            using var mode = no_grad();
            return [.. _passes.Select(pass => pass.Make())];
        }
    }

    /// <inheritdoc/>
    public void BeforeUpdate(long number)
    {
        if (_transfer is not null)
        {
            Backward([.. _transfer.Select(transfer => transfer.Made)]);
            if (_adapters.Drops) Lay([.. _transfer.Select(transfer => transfer.Kept)]);
        }

        foreach (var parameter in _parameters) parameter.Part();
    }

    /// <inheritdoc/>
    public void AfterUpdate(long number)
    {
        foreach (var parameter in _parameters)
        {
            parameter.Take();
            parameter.Join();
        }

        if (_transfer is not null) _optimizer.Step();
        _transfer = null;
    }

    /// <summary>Nothing: <see cref="AfterUpdate"/> has done it.</summary>
    public void AfterStep(long number)
    {
    }

    /// <inheritdoc/>
    public void Save(SafetensorsWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Add<long>($"{_name}.count", [Transfers], 1);
        foreach (var (name, tensor) in State()) writer.Add<float>($"{_name}.{name}", TensorValues.Copy(tensor), (int)tensor.numel());
        foreach (var parameter in _parameters) parameter.Save(writer, _name);
        _optimizer.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(SafetensorsReader file)
    {
        ArgumentNullException.ThrowIfNull(file);
        Transfers = file.Load($"{_name}.count", 1).As<long>()[0];
        foreach (var (name, tensor) in State())
            TensorValues.Set(tensor, file.Load($"{_name}.{name}", (int)tensor.numel()).As<float>());
        foreach (var parameter in _parameters) parameter.Load(file, _name);
        _optimizer.Load(file);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pass in _passes) pass.Dispose();
        _adapters.Dispose();
    }

    private void Lay(Tensor[] made)
    {
        for (var i = 0; i < made.Length; i++) _passes[i].Lay(made[i]);
        foreach (var parameter in _parameters) parameter.Join();
    }

    /// <summary>Σ ⟨G, ∂L/∂W⟩, whose gradient in θ is the one that is wanted.</summary>
    private void Backward(Tensor[] made)
    {
        foreach (var parameter in _parameters) parameter.Collect();
        stack([.. made.Select((G, i) => (G * _passes[i].Gather(parameter => parameter.Gradient)).sum())]).sum().backward();
    }

    private IEnumerable<(string Name, Tensor Values)> State() =>
        _adapters.named_parameters().Select(p => (p.name, (Tensor)p.parameter))
            .Concat(_adapters.named_buffers().Select(b => (b.name, b.buffer)));
}
