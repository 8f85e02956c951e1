using System.Runtime.InteropServices;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>HSTU's bias of every pair of events by the places and times between them, and its backward pass.</summary>
internal sealed class HstuBias
{
    private readonly HstuRunner _runner;
    private readonly Workspace _workspace;
    private readonly Slice _values;     // [N × N]; in the backward pass their gradient
    private readonly Slice _buckets;    // [N × N] uint16, two to an element; shapes have at most 65,536 buckets
    private int _rows;

    public HstuBias(HstuRunner runner, long events, Workspace workspace)
    {
        (_runner, _workspace) = (runner, workspace);
        _values = workspace.Reserve(events * events);
        _buckets = workspace.Reserve(Shape.UsesTimes ? (events * events + 1) / 2 : 0);
    }

    private HstuShape Shape => _runner.Dimensions;

    /// <param name="times">[N].</param>
    public void Begin(ReadOnlySpan<long> times)
    {
        _rows = times.Length;
        if (!Shape.UsesTimes) return;
        var buckets = Buckets();
        for (var i = 0; i < _rows; i++)
        {
            for (var j = 0; j <= i; j++) buckets[i * _rows + j] = (ushort)_runner.Bucket(times[i], times[j]);
        }
    }

    /// <summary>[N × N], of which the lower triangle counts.</summary>
    /// <param name="block">Whose biases.</param>
    /// <param name="weights">By the layout.</param>
    public ReadOnlySpan<float> Of(HstuBlockLayers block, ReadOnlySpan<float> weights)
    {
        var values = _workspace.Of(_values, _rows * _rows);
        var places = block.PositionBias.Of(weights);
        var times = block.TimeBias.Of(weights);
        var buckets = Buckets();
        for (var i = 0; i < _rows; i++)
        {
            for (var j = 0; j <= i; j++) values[i * _rows + j] = places[i - j] + (buckets.IsEmpty ? 0 : times[buckets[i * _rows + j]]);
        }

        return values;
    }

    /// <summary>[N × N] zeros to add the gradient of all heads to.</summary>
    public Span<float> Clear()
    {
        var values = _workspace.Of(_values, _rows * _rows);
        values.Clear();
        return values;
    }

    /// <summary>Adds what was gathered in <see cref="Clear"/>'s answer.</summary>
    /// <param name="block">Whose biases.</param>
    /// <param name="gradient">By the layout.</param>
    public void AddGradient(HstuBlockLayers block, Span<float> gradient)
    {
        var values = _workspace.Of(_values, _rows * _rows);
        var dPlaces = block.PositionBias.Of(gradient);
        var dTimes = block.TimeBias.Of(gradient);
        var buckets = Buckets();
        for (var i = 0; i < _rows; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                dPlaces[i - j] += values[i * _rows + j];
                if (!buckets.IsEmpty) dTimes[buckets[i * _rows + j]] += values[i * _rows + j];
            }
        }
    }

    /// <summary>[N × N], or empty where times are not used.</summary>
    private Span<ushort> Buckets() => MemoryMarshal.Cast<float, ushort>(_workspace.Of(_buckets));
}
