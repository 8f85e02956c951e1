using Tandem.Device.Models;
using Tandem.Protocol;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device;

/// <summary>The weights that a packet stands for: those shipped, with what it changes.</summary>
internal static class PacketWeights
{
    /// <summary>Why a packet is not for a model or a time, or null; its tensors aside.</summary>
    /// <param name="packet">From the cloud.</param>
    /// <param name="model">That serves.</param>
    /// <param name="now">Unix seconds.</param>
    public static string? FaultOf(ParameterPacket packet, DeviceModel model, long now)
    {
        if (packet.ModelVersion != model.Version)
        {
            return $"the packet belongs to version {FaultText.Shorten(packet.ModelVersion)} of the model, this session runs "
                + $"{model.Version}; ask for another, or fetch the bundle";
        }

        if (ParameterPacket.StandsOnFactors(packet.Form) && packet.Factors != model.Factors?.Hash)
        {
            return $"the packet is for factors {FaultText.Shorten(packet.Factors!)}, this bundle has {model.Factors?.Hash ?? "none"}; "
                + "fetch the bundle, or ask for full weights";
        }

        return packet.ExpiresAt < now ? $"the packet was valid until {packet.ExpiresAt}, now it is {now}; ask for another" : null;
    }

    /// <summary>Weights by the layout of the model's runner.</summary>
    /// <exception cref="SafetensorsException">A tensor does not fit, or its change is too great.</exception>
    public static AlignedFloats Of(ParameterPacket packet, DeviceModel model)
    {
        var weights = model.Weights.Copy();
        ReadOnlySpan<float> shipped = model.Weights.Span;
        var changed = weights.Span;
        var maxNorm = model.Factors?.MaxNorm ?? ParameterFactors.DefaultMaxNorm;
        switch (packet.Form)
        {
            case ParameterForm.LowRank: model.FactoredLayers!.AddCores(packet.Weights, shipped, changed); break;
            case ParameterForm.Codes:
                model.FactoredLayers!.AddCodes(packet.Weights.Tensors[PacketTensors.CodesName].As<byte>(), shipped, changed);
                break;
            case ParameterForm.Plan: PlannedRows.Round(packet.Weights, model.Runner.Layout, shipped, changed, maxNorm); break;
            default: model.Runner.Layout.Replace(packet.Weights, shipped, changed, maxNorm); break;
        }

        return weights;
    }
}
