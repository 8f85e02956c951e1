using Tandem.Protocol.Bundles;

namespace Tandem.Device.Tests.Backbones;

/// <summary>The shapes that tests of TTT start from.</summary>
internal static class TttShapes
{
    /// <summary>Four heads of a vector of 512 bits.</summary>
    public static TttShape Vectors { get; } = new()
    {
        Items = 40,
        Width = 64,
        Blocks = 1,
        Heads = 4,
        Inner = TttInnerForm.Linear,
        MiniBatch = 8,
        FeedForwardWidth = 96,
        BaseRate = 10,  // at 1 little of an error in the inner loop would show
        RopeBase = 1000,
        Window = 50,
    };

    /// <summary>Two small blocks, for sessions.</summary>
    public static TttShape Small { get; } = Vectors with
    {
        Width = 16,
        Blocks = 2,
        Heads = 2,
        MiniBatch = 4,
        FeedForwardWidth = 24,
        Window = 10,
    };
}
