using System.Runtime.InteropServices;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// AdamW on the CPU, dense for the network and by rows for <see cref="RowTable"/>s, with a schedule and a limit of the gradient's norm.
/// </summary>
/// <remarks>
/// A table's row is updated only by the steps that gathered it: its moments rest in between (LazyAdam), while the weight decay of
/// the steps it missed, each at its own rate, is made up at its next one. So a step costs what its batch touches, whatever the size of the
/// catalogue. State lies in plain arrays, which a checkpoint can hold and a resumed run continues to the bit.
/// </remarks>
public sealed class AdamW
{
    private readonly AdamWOptions _options;
    private readonly string _name;
    private readonly List<DenseMoments> _dense = [];
    private readonly List<TableMoments> _tables = [];
    private readonly List<double> _logKept = [0];
    private int _step;

    /// <param name="replicas">
    /// Networks that share their weights; those that require a gradient and the row tables are trained by the sum of their gradients.
    /// </param>
    /// <param name="options">Its settings.</param>
    /// <param name="name">What the names of its state begin with. Default <c>optimizer</c>.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public AdamW(IReadOnlyList<nn.Module> replicas, AdamWOptions options, string name = "optimizer")
    {
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        (_options, _name) = (options, name);
        var parameters = replicas.Select(r => r.named_parameters().Where(p => p.parameter.requires_grad).ToArray()).ToArray();
        for (var i = 0; i < parameters[0].Length; i++)
            _dense.Add(new($"{name}.{parameters[0][i].name}", [.. parameters.Select(p => p[i].parameter)]));
        var tables = replicas.Select(r => r.named_modules().Where(m => m.module is RowTable).ToArray()).ToArray();
        for (var i = 0; i < tables[0].Length; i++)
            _tables.Add(new($"{name}.{tables[0][i].name}", [.. tables.Select(t => (RowTable)t[i].module)]));
    }

    /// <summary>α of the last step, warm-up and schedule included; 0 before the first.</summary>
    public double LearningRate { get; private set; }

    /// <summary>Steps taken so far.</summary>
    public int Steps => _step;

    /// <summary>Updates the weights by the gradients of the last backward pass, then clears those.</summary>
    /// <param name="steps">Steps that the schedule spans; 0 where it is constant.</param>
    public void Step(int steps = 0)
    {
        foreach (var moments in _dense) moments.Collect();
        foreach (var moments in _tables) moments.Collect();
        var kernel = AdamWKernel.At(++_step, steps, _options, Scale());
        LearningRate = AdamWKernel.RateAt(_step, steps, _options);
        var logKept = LogKept(steps);
        foreach (var moments in _dense) moments.Update(kernel, (float)Math.Exp(logKept[_step] - logKept[_step - 1]));
        foreach (var moments in _tables) moments.Update(kernel, logKept, _step);
    }

    /// <summary>Writes the state under its name.</summary>
    public void Save(SafetensorsWriter writer)
    {
        writer.Add($"{_name}.step", [_step], 1);
        foreach (var moments in _dense) moments.Save(writer);
        foreach (var moments in _tables) moments.Save(writer);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SafetensorsException">A tensor is missing or has another size.</exception>
    public void Load(SafetensorsReader file)
    {
        _step = file.Load($"{_name}.step", 1).As<int>()[0];
        foreach (var moments in _dense) moments.Load(file);
        foreach (var moments in _tables) moments.Load(file);
    }

    /// <summary>
    /// ln of what the decay of the first t steps leaves of a weight, t = 0 … now: Σ ln(1 − α λ), α by default the rate of each step.
    /// </summary>
    private ReadOnlySpan<double> LogKept(int steps)
    {
        while (_logKept.Count <= _step)
        {
            var rate = _options.ConstantDecay ? _options.LearningRate : AdamWKernel.RateAt(_logKept.Count, steps, _options);
            _logKept.Add(_logKept[^1] + double.LogP1(-rate * _options.WeightDecay));
        }

        return CollectionsMarshal.AsSpan(_logKept);
    }

    /// <summary>What shortens the gradient to <see cref="AdamWOptions.ClipNorm"/>.</summary>
    private double Scale()
    {
        if (_options.ClipNorm == 0) return 1;
        var norm = Math.Sqrt(_dense.Sum(m => m.SquaredNorm()) + _tables.Sum(m => m.SquaredNorm()));
        return norm > _options.ClipNorm ? _options.ClipNorm / norm : 1;
    }
}
