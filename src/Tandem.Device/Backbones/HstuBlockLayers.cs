using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>The layers of one block of HSTU.</summary>
internal sealed class HstuBlockLayers
{
    public HstuBlockLayers(ParameterLayout layout, string name, HstuShape shape)
    {
        var attention = shape.Heads * shape.AttentionWidth;
        var linear = shape.Heads * shape.LinearWidth;
        Uvqk = LinearLayer.Add(layout, $"{name}.uvqk", shape.Width, 2 * (linear + attention), hasBias: false);
        (Gate, Value) = (Uvqk.Part(0, linear), Uvqk.Part(linear, linear));
        (Query, Key) = (Uvqk.Part(2 * linear, attention), Uvqk.Part(2 * linear + attention, attention));
        Output = LinearLayer.Add(layout, $"{name}.output", linear, shape.Width);
        PositionBias = layout.Add($"{name}.position_bias", shape.Window);
        TimeBias = layout.Add($"{name}.time_bias", shape.TimeBuckets);
    }

    /// <summary>Gates, values, queries and keys as one layer.</summary>
    public LinearLayer Uvqk { get; }

    public LinearLayer Gate { get; }

    public LinearLayer Value { get; }

    public LinearLayer Query { get; }

    public LinearLayer Key { get; }

    public LinearLayer Output { get; }

    /// <summary>[T] by events apart.</summary>
    public Slice PositionBias { get; }

    /// <summary>[buckets] by time apart.</summary>
    public Slice TimeBias { get; }
}
