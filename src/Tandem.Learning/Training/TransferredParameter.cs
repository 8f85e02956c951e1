using System.Numerics.Tensors;
using Tandem.Learning.Layers;
using Tandem.Learning.Transfer;
using Tandem.Protocol.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Training;

/// <summary>
/// A parameter of the target whose weights in use, W, are its own, W_base, and what was transferred, ΔW. The optimiser sees W_base, a
/// forward pass W; W is W_base + ΔW anew after each step, so that no change is ever read as an own weight and changed again.
/// </summary>
internal sealed class TransferredParameter
{
    private readonly string _name;
    private readonly Parameter[] _replicas;
    private readonly RowTable[] _tables;
    private readonly float[] _gradient;

    /// <summary>W_base and ΔW; null until the first change, when W_base is W.</summary>
    private (float[] Base, float[] Change)? _apart;

    /// <param name="name">As the network calls it.</param>
    /// <param name="networks">The replicas, which share its memory.</param>
    /// <exception cref="ArgumentException">There is no such parameter, or it is not float32 on the CPU.</exception>
    public TransferredParameter(string name, IReadOnlyList<nn.Module> networks)
    {
        _name = name;
        _replicas = [.. networks.Select(network => network.named_parameters().FirstOrDefault(p => p.name == name).parameter
            ?? throw new ArgumentException($"the target has no parameter '{name}'; expected one of "
                + string.Join(", ", network.named_parameters().Where(p => p.parameter.dim() > 1).Select(p => p.name)), nameof(name)))];
        _tables = [.. networks.SelectMany(network => network.named_modules().Where(m => m.name + ".weight" == name))
            .Select(m => m.module).OfType<RowTable>()];
        if (!TensorValues.AreInPlace<float>(_replicas[0]))
            throw new ArgumentException($"'{name}' is no float32 on the CPU; what is transferred is added in place", nameof(name));
        _gradient = new float[_replicas[0].numel()];
    }

    /// <summary>Of each axis.</summary>
    public long[] Shape => _replicas[0].shape;

    /// <summary>The target's own weights.</summary>
    public Span<float> Own => _apart is { } apart ? apart.Base : InUse;

    private Span<float> InUse => TensorValues.InPlace<float>(_replicas[0]);

    /// <summary>Sets what is added to a block of the own weights.</summary>
    public void Change(ParameterView view, ReadOnlySpan<float> change)
    {
        _apart ??= (InUse.ToArray(), new float[_gradient.Length]);
        change.CopyTo(view.In(_apart.Value.Change));
    }

    /// <summary>Overwrites a block of the own weights.</summary>
    public void Replace(ParameterView view, ReadOnlySpan<float> weights) => weights.CopyTo(view.In(Own));

    /// <summary>Puts the sum in use: before a forward pass.</summary>
    public void Join()
    {
        if (_apart is { } apart) TensorPrimitives.Add(apart.Base, apart.Change, InUse);
    }

    /// <summary>Puts the own weights in use alone: before the optimiser's step.</summary>
    public void Part() => _apart?.Base.CopyTo(InUse);

    /// <summary>Takes the own weights over from what is in use: after the optimiser's step.</summary>
    public void Take()
    {
        if (_apart is { } apart) InUse.CopyTo(apart.Base);
    }

    /// <summary>Makes the sum the own weights.</summary>
    public void Settle() => _apart = null;

    /// <summary>dL/dW of a step, as <see cref="Collect"/> has found it.</summary>
    public Span<float> Gradient => _gradient;

    /// <summary>Sums dL/dW over the replicas in their order.</summary>
    public void Collect()
    {
        _gradient.AsSpan().Clear();
        if (_tables.Length > 0)
        {
            foreach (var (ids, rows) in _tables.SelectMany(table => table.Gathered)) Add(ids, rows);
            return;
        }

        foreach (var parameter in _replicas)
        {
            if (parameter.grad is not { } gradient) continue;
            using var whole = gradient.contiguous();
            TensorPrimitives.Add(_gradient, TensorValues.Read(whole), _gradient);
        }
    }

    public void Save(SafetensorsWriter writer, string prefix)
    {
        if (_apart is not { } apart) return;
        writer.Add<float>($"{prefix}.base.{_name}", apart.Base, apart.Base.Length);
        writer.Add<float>($"{prefix}.change.{_name}", apart.Change, apart.Change.Length);
    }

    public void Load(SafetensorsReader file, string prefix)
    {
        if (!file.Tensors.ContainsKey($"{prefix}.base.{_name}")) return;
        _apart = (
            file.Load($"{prefix}.base.{_name}", _gradient.Length).As<float>().ToArray(),
            file.Load($"{prefix}.change.{_name}", _gradient.Length).As<float>().ToArray());
    }

    private void Add(long[] ids, Tensor rows)
    {
        if (rows.grad is not { } gradient) return;
        using var whole = gradient.contiguous();
        var values = TensorValues.Read(whole);
        var width = (int)whole.shape[1];
        for (var i = 0; i < ids.Length; i++)
        {
            var sum = _gradient.AsSpan((int)ids[i] * width, width);
            TensorPrimitives.Add(sum, values.Slice(i * width, width), sum);
        }
    }
}
