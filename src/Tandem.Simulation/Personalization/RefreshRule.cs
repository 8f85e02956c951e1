using System.Globalization;
using System.Numerics.Tensors;
using Tandem.Learning.Codes;

namespace Tandem.Simulation.Personalization;

/// <summary>When a device's weights are made anew, by what would be made now and what it has.</summary>
/// <param name="Name">For tables.</param>
/// <param name="IsDue">Numbers of now, [S]; numbers that it has, [S]; events since those.</param>
public sealed record RefreshRule(string Name, Func<float[], float[], int, bool> IsDue)
{
    /// <summary>After every so many events; 1 for always.</summary>
    public static RefreshRule Every(int events) =>
        new(events == 1 ? "always" : $"every {events} events", (_, _, since) => since >= events);

    /// <summary>Once what would be made differs by a share of its own length from what is there.</summary>
    /// <param name="share">Above 0.</param>
    public static RefreshRule Drift(double share) => new(
        string.Create(CultureInfo.InvariantCulture, $"drift {share:0.##}"),
        (now, held, _) => TensorPrimitives.Distance<float>(now, held) > share * TensorPrimitives.Norm<float>(now));

    /// <summary>Once one of the first codes changes.</summary>
    /// <param name="codes">Of the numbers.</param>
    /// <param name="levels">How many of them are looked at.</param>
    public static RefreshRule Code(WeightCodes codes, int levels) => new(
        $"change of {levels} code{(levels == 1 ? "" : "s")}",
        (now, held, _) => !codes.Code(now).AsSpan(0, levels).SequenceEqual(codes.Code(held).AsSpan(0, levels)));
}
