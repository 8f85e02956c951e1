using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Parity.Tests;

internal static class RandomWeights
{
    /// <summary>Every parameter, those of norms and slopes included, so that none is left at a value which hides it.</summary>
    /// <param name="model">Whose parameters.</param>
    /// <param name="attention">By which weights of queries, keys and values are multiplied.</param>
    public static void Fill(nn.Module model, double attention = 1)
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            parameter.uniform_(-0.3, 0.3);
            if (!name.EndsWith("qkv.weight", StringComparison.Ordinal)) continue;
            using var scaled = parameter.Times(attention);
            parameter.copy_(scaled);
        }
    }
}
