using static TorchSharp.torch;

namespace Tandem.Learning.Tests;

/// <summary>Tensors as arrays, and weights away from their starting values.</summary>
internal static class Values
{
    public static float[] Of(Tensor tensor)
    {
        using var whole = tensor.detach().to(ScalarType.Float32).contiguous();
        return whole.data<float>().ToArray();
    }

    /// <summary>All parameters by name.</summary>
    public static SortedDictionary<string, float[]> Of(nn.Module module) =>
        new(module.named_parameters().ToDictionary(p => p.name, p => Of(p.parameter)));

    /// <summary>Draws every parameter from −scale … scale, so that no norm or bias hides behind 1 or 0.</summary>
    public static void Scatter(nn.Module module, double scale, int seed = 1)
    {
        manual_seed(seed);
        using var _ = no_grad();
        foreach (var parameter in module.parameters()) parameter.uniform_(-scale, scale);
    }

    /// <summary>Gives every parameter one value.</summary>
    public static void Fill(nn.Module module, float value)
    {
        using var _ = no_grad();
        foreach (var parameter in module.parameters()) parameter.uniform_(value, value);
    }
}
