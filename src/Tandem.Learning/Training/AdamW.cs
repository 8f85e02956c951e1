using System.Runtime.InteropServices;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// AdamW on the CPU, dense for the network and by rows for <see cref="RowTable"/>s.
/// </summary>
/// <remarks>
/// A table's row is updated only by the steps that gathered it: its moments rest in between (LazyAdam), while the weight decay of
/// the steps it missed is made up at its next one. So a step costs what its batch touches, whatever the size of the catalogue.
/// State lies in plain arrays, which a checkpoint can hold and a resumed run continues to the bit.
/// </remarks>
public sealed class AdamW
{
    private readonly AdamWOptions _options;
    private readonly List<DenseState> _dense = [];
    private readonly List<TableState> _tables = [];
    private int _step;

    /// <param name="module">Its parameters that require a gradient and its row tables are trained.</param>
    /// <param name="options">Checked by the caller.</param>
    public AdamW(nn.Module module, AdamWOptions options)
    {
        _options = options;
        foreach (var (name, parameter) in module.named_parameters().Where(p => p.parameter.requires_grad))
            _dense.Add(new(name, parameter, new float[parameter.numel()], new float[parameter.numel()]));
        foreach (var (name, child) in module.named_modules())
        {
            if (child is RowTable table) _tables.Add(new(name, table));
        }
    }

    /// <summary>Updates the weights by the gradients of the last backward pass, then clears those.</summary>
    public void Step()
    {
        var kernel = AdamWKernel.At(++_step, _options);
        var decay = (float)(1 - _options.LearningRate * _options.WeightDecay);
        foreach (var state in _dense) state.Update(kernel, decay);
        foreach (var table in _tables) table.Update(kernel, decay, _step);
    }

    /// <summary>Writes the state under <c>optimizer.…</c>.</summary>
    public void Save(SafetensorsWriter writer)
    {
        writer.Add("optimizer.step", [_step], 1);
        foreach (var state in _dense)
        {
            writer.Add($"optimizer.{state.Name}.m", state.M, state.M.Length);
            writer.Add($"optimizer.{state.Name}.v", state.V, state.V.Length);
        }

        foreach (var state in _tables)
        {
            writer.Add($"optimizer.{state.Name}.m", state.M, state.M.Length);
            writer.Add($"optimizer.{state.Name}.v", state.V, state.V.Length);
            writer.Add($"optimizer.{state.Name}.last", state.LastStep, state.LastStep.Length);
        }
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SafetensorsException">A tensor is missing or has another size.</exception>
    public void Load(SafetensorsFile file)
    {
        _step = file.Get("optimizer.step", 1).As<int>()[0];
        foreach (var state in _dense)
        {
            file.Get($"optimizer.{state.Name}.m", state.M.Length).As<float>().CopyTo(state.M);
            file.Get($"optimizer.{state.Name}.v", state.V.Length).As<float>().CopyTo(state.V);
        }

        foreach (var state in _tables)
        {
            file.Get($"optimizer.{state.Name}.m", state.M.Length).As<float>().CopyTo(state.M);
            file.Get($"optimizer.{state.Name}.v", state.V.Length).As<float>().CopyTo(state.V);
            file.Get($"optimizer.{state.Name}.last", state.LastStep.Length).As<int>().CopyTo(state.LastStep);
        }
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private sealed record DenseState(string Name, Parameter Parameter, float[] M, float[] V)
    {
        public void Update(in AdamWKernel kernel, float decay)
        {
            if (Parameter.grad is not { } gradient) return;
            using var whole = gradient.contiguous();
            kernel.Update(Values(Parameter), Values(whole), M, V, decay);
            gradient.zero_();
        }
    }

    private sealed class TableState(string name, RowTable table)
    {
        private readonly int _width = (int)table.Weight.shape[1];
        private readonly float[] _gradient = new float[table.Weight.numel()];

        public string Name { get; } = name;

        public float[] M { get; } = new float[table.Weight.numel()];

        public float[] V { get; } = new float[table.Weight.numel()];

        /// <summary>[R] the step that last updated each row.</summary>
        public int[] LastStep { get; } = new int[table.Weight.shape[0]];

        public void Update(in AdamWKernel kernel, float decay, int step)
        {
            foreach (var (ids, rows) in table.Gathered) Collect(ids, rows);
            var weights = Values(table.Weight);
            foreach (var (ids, _) in table.Gathered)
            {
                foreach (var id in ids)
                {
                    var row = (int)id;
                    var missed = step - LastStep[row];
                    if (missed == 0) continue;
                    LastStep[row] = step;
                    var at = row * _width;
                    var gradient = _gradient.AsSpan(at, _width);
                    kernel.Update(
                        weights.Slice(at, _width), gradient, M.AsSpan(at, _width), V.AsSpan(at, _width), MathF.Pow(decay, missed));
                    gradient.Clear();
                }
            }

            table.Forget();
        }

        private void Collect(long[] ids, Tensor rows)
        {
            if (rows.grad is not { } gradient) return;
            using var whole = gradient.contiguous();
            var values = Values(whole);
            for (var i = 0; i < ids.Length; i++)
            {
                var sum = _gradient.AsSpan((int)ids[i] * _width, _width);
                System.Numerics.Tensors.TensorPrimitives.Add(sum, values.Slice(i * _width, _width), sum);
            }
        }
    }
}
