using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Training;

/// <summary>
/// One of the networks that work on a step side by side. All share the weights of the first; each has gradients, gathered rows and
/// dropout masks of its own.
/// </summary>
/// <param name="Network">Its parameters lie in the same memory as the first replica's.</param>
/// <param name="Noise">Source of its dropout masks.</param>
/// <remarks>
/// The products of a small model are too small for two threads: a step of Beauty takes as long on two as on one. Two replicas on a
/// thread each take half the time. Their gradients are summed in the order of the replicas, so the number of threads changes
/// no result.
/// </remarks>
public sealed record Replica(nn.Module Network, Noise Noise)
{
    /// <summary>Replicas that share the weights of the first.</summary>
    /// <param name="count">1 or more.</param>
    /// <param name="build">Makes a network that draws its masks from the noise given; the same shapes at every call.</param>
    public static IReadOnlyList<Replica> Create(int count, Func<Noise, nn.Module> build)
    {
        var replicas = new Replica[count];
        for (var r = 0; r < count; r++)
        {
            var noise = new Noise(r); // seeded anew at each epoch
            replicas[r] = new(build(noise), noise);
            if (r > 0) Share(replicas[0].Network, replicas[r].Network);
        }

        return replicas;
    }

    private static void Share(nn.Module first, nn.Module other)
    {
        using var mode = no_grad();
        foreach (var ((_, own), (_, shared)) in other.named_parameters().Zip(first.named_parameters())) own.set_(shared);
    }
}
