using Tandem.Protocol;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device.Models;

/// <summary>A bundle's factors at their places in its runner's layout: what a packet of cores or codes is expanded by.</summary>
internal sealed class FactoredLayers
{
    private readonly Dictionary<string, FactoredLayer> _layers;

    /// <param name="factors">Of a bundle.</param>
    /// <param name="layout">Of its runner.</param>
    /// <exception cref="SafetensorsException">They do not fit the layout.</exception>
    public FactoredLayers(ParameterFactors factors, ParameterLayout layout)
    {
        Factors = factors;
        _layers = factors.Layers.ToDictionary(layer => layer.Name, layer => FactoredLayer.Of(layer, layout), StringComparer.Ordinal);
    }

    /// <summary>As shipped.</summary>
    public ParameterFactors Factors { get; }

    /// <summary>Adds the change that each core makes.</summary>
    /// <param name="packet">Tensors of cores, not trusted.</param>
    /// <param name="shipped">By the layout.</param>
    /// <param name="weights">A copy of those shipped, of no use after an exception.</param>
    /// <exception cref="SafetensorsException">A core is of no layer, of another shape, not finite, or too great a change.</exception>
    public void AddCores(SafetensorsFile packet, ReadOnlySpan<float> shipped, Span<float> weights)
    {
        foreach (var name in packet.Tensors.Keys)
        {
            if (!_layers.TryGetValue(PacketTensors.LayerOf(name), out var layer))
            {
                throw new SafetensorsException(
                    $"tensor {FaultText.Quote(name)} is of no layer that this bundle has factors for; ask for another packet");
            }

            var core = packet.GetFinite(name, layer.Factors.Rank, layer.Factors.CoreColumns);
            layer.Add(core, shipped, weights, Factors.MaxNorm);
        }
    }

    /// <summary>Adds the change that codes make, in every layer.</summary>
    /// <param name="codes">[M], not trusted.</param>
    /// <param name="shipped">By the layout.</param>
    /// <param name="weights">A copy of those shipped, of no use after an exception.</param>
    /// <exception cref="SafetensorsException">There are not as many codes, or no such levels, or the change is too great.</exception>
    public void AddCodes(ReadOnlySpan<byte> codes, ReadOnlySpan<float> shipped, Span<float> weights)
    {
        var (M, K) = (Factors.CodeCount, Factors.LevelCount);
        if (codes.Length != M)
            throw new SafetensorsException($"the packet has {codes.Length} codes, this bundle's factors take {M}; ask for another packet");
        for (var m = 0; m < M; m++)
            if (codes[m] >= K) throw new SafetensorsException($"code {m} is {codes[m]}, expected 0 to {K - 1}; ask for another packet");
        foreach (var layer in _layers.Values)
        {
            var core = new float[layer.Factors.CoreLength];
            layer.Factors.ReadCore(codes, core);
            layer.Add(core, shipped, weights, Factors.MaxNorm);
        }
    }
}
