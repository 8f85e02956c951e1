using System.Numerics.Tensors;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Tandem.Learning.Training;

/// <summary>Adam's moments of a row table; a step touches only the rows that some replica gathered.</summary>
internal sealed class TableMoments
{
    private readonly string _name;
    private readonly RowTable[] _replicas;
    private readonly int _width;
    private readonly float[] _m;
    private readonly float[] _v;

    /// <summary>[R] the step that last updated each row.</summary>
    private readonly int[] _lastStep;

    /// <summary>[R] where the gradient of a row lies in <see cref="_gradient"/>, in rows; −1 where no replica gathered it.</summary>
    private readonly int[] _slots;

    /// <summary>The rows of this step, in order of first gathering.</summary>
    private readonly List<int> _rows = [];
    private float[] _gradient = [];

    /// <summary>
    /// [R × D] the table in float32, where the network's own is narrower or on another device; null where that is updated in place.
    /// </summary>
    private float[]? _master;

    public TableMoments(string name, RowTable[] replicas)
    {
        (_name, _replicas) = (name, replicas);
        var weight = replicas[0].Weight;
        _width = (int)weight.shape[1];
        (_m, _v) = (new float[weight.numel()], new float[weight.numel()]);
        _lastStep = new int[weight.shape[0]];
        _slots = new int[weight.shape[0]];
        _slots.AsSpan().Fill(-1);
    }

    /// <summary>Sums the gradients of all gathered rows, in the order of the replicas, and lets go of the rows.</summary>
    public void Collect()
    {
        foreach (var table in _replicas)
        {
            foreach (var (ids, rows) in table.Gathered)
            {
                using var gradient = rows.grad?.contiguous();
                Add(ids, gradient is null ? default : TensorValues.Read(gradient));
            }

            table.Forget();
        }
    }

    public double SquaredNorm() => TensorPrimitives.SumOfSquares(_gradient.AsSpan(0, _rows.Count * _width));

    /// <param name="kernel">The step's constants.</param>
    /// <param name="logKept">ln of what the decay of the first t steps leaves, by t.</param>
    /// <param name="step">From 1.</param>
    public void Update(in AdamWKernel kernel, ReadOnlySpan<double> logKept, int step)
    {
        var table = _replicas[0].Weight;
        var weights = TensorValues.AreInPlace<float>(table) ? TensorValues.InPlace<float>(table) : _master ??= TensorValues.Copy(table);
        for (var slot = 0; slot < _rows.Count; slot++)
        {
            var row = _rows[slot];
            var decay = (float)Math.Exp(logKept[step] - logKept[_lastStep[row]]);
            (_lastStep[row], _slots[row]) = (step, -1);
            var at = row * _width;
            kernel.Update(
                weights.Slice(at, _width), _gradient.AsSpan(slot * _width, _width), _m.AsSpan(at, _width), _v.AsSpan(at, _width),
                decay);
        }

        if (_master is not null) WriteBack(table, _master);
        _rows.Clear();
    }

    public void Save(SafetensorsWriter writer)
    {
        writer.Add($"{_name}.m", _m, _m.Length);
        writer.Add($"{_name}.v", _v, _v.Length);
        writer.Add($"{_name}.last", _lastStep, _lastStep.Length);
        if (_master is not null) writer.Add($"{_name}.master", _master, _master.Length);
    }

    public void Load(SafetensorsReader file)
    {
        file.Load($"{_name}.m", _m.Length).As<float>().CopyTo(_m);
        file.Load($"{_name}.v", _v.Length).As<float>().CopyTo(_v);
        file.Load($"{_name}.last", _lastStep.Length).As<int>().CopyTo(_lastStep);
        if (file.Tensors.ContainsKey($"{_name}.master"))
            _master = file.Load($"{_name}.master", _m.Length).As<float>().ToArray();
    }

    /// <summary>Takes the updated rows over into a table that is narrower than float32 or lies on another device.</summary>
    private void WriteBack(Tensor table, float[] master)
    {
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var values = new float[_rows.Count * _width];
        for (var slot = 0; slot < _rows.Count; slot++) master.AsSpan(_rows[slot] * _width, _width).CopyTo(values.AsSpan(slot * _width));
        var ids = tensor([.. _rows.Select(row => (long)row)], device: table.device);
        table.index_copy_(0, ids, tensor(values, _rows.Count, _width).to(table.dtype).to(table.device));
    }

    private void Add(long[] ids, ReadOnlySpan<float> gradient)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            ref var slot = ref _slots[ids[i]];
            if (slot < 0)
            {
                slot = _rows.Count;
                _rows.Add((int)ids[i]);
                if (_gradient.Length < _rows.Count * _width) Array.Resize(ref _gradient, Math.Max(1024 * _width, 2 * _gradient.Length));
                _gradient.AsSpan(slot * _width, _width).Clear();
            }

            if (gradient.IsEmpty) continue;
            var sum = _gradient.AsSpan(slot * _width, _width);
            TensorPrimitives.Add(sum, gradient.Slice(i * _width, _width), sum);
        }
    }
}
