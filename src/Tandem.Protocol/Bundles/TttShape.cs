using System.Text.Json.Serialization;

namespace Tandem.Protocol.Bundles;

/// <summary>
/// Dimensions of TTT4Rec (arXiv 2409.19142), whose state is a small model that every event trains. The state is never reset:
/// <see cref="BackboneShape.Window"/> is how long histories were in training, no event is let go of, and
/// <see cref="BackboneShape.Stride"/> is of no matter.
/// </summary>
public sealed record TttShape() : BackboneShape(KindName)
{
    /// <summary>The name of the kind.</summary>
    public const string KindName = "ttt";

    private const int MostMiniBatch = 65_536;
    private const int MostTurns = 1 << 17;  // sines and cosines, computed before the weights are read
    private const double MostBaseRate = 1e6;
    private const double MostRopeBase = 1e12;

    /// <summary>Number of stacked blocks, 1 to 256.</summary>
    public required int Blocks { get; init; }

    /// <summary>H: heads per block, a divisor of the width that leaves each an even width F.</summary>
    public required int Heads { get; init; }

    /// <summary>The model whose weights are the state.</summary>
    public required TttInnerForm Inner { get; init; }

    /// <summary>b: steps that take their gradient at the same weights, 1 to 65,536.</summary>
    public required int MiniBatch { get; init; }

    /// <summary>M: width of SwiGLU, 1 to 8,192.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>The inner learning rate before its gate, 0 to 1,000,000; at 0 the state never changes.</summary>
    public required double BaseRate { get; init; }

    /// <summary>Base of the rotary embedding's frequencies, above 1, to 10¹².</summary>
    public required double RopeBase { get; init; }

    /// <summary>True where gelu(W x) gates the layer's output. Default false.</summary>
    public bool Gate { get; init; }

    /// <summary>True where queries and keys are one projection, each through a causal convolution of its own. Default false.</summary>
    public bool ShareQueryKey { get; init; }

    /// <summary>True where a causal convolution stands before each TTT layer. Default false.</summary>
    public bool PreConvolution { get; init; }

    /// <summary>True where the state falls back towards its initial value with time. Default false.</summary>
    public bool Decay { get; init; }

    /// <summary>
    /// True where the decay was learned with the times of events; where false, each mini-batch counts as a day. Default false.
    /// </summary>
    public bool UsesTimes { get; init; }

    /// <summary>True where a learned function of the inner loss multiplies each step's rate. Default false.</summary>
    public bool Surprise { get; init; }

    /// <summary>True where a learned function of an event's value, its strength, multiplies each step's rate. Default false.</summary>
    public bool EventValues { get; init; }

    /// <summary>True where no mini-batch changes the state: a control, which sees at most b events. Default false.</summary>
    public bool Frozen { get; init; }

    /// <summary>F: width of a head.</summary>
    [JsonIgnore]
    public int HeadWidth => Width / Heads;

    /// <summary>Weights of a head's inner model: F² + F, for the MLP 8 F² + 5 F.</summary>
    [JsonIgnore]
    public long InnerWeights => Inner == TttInnerForm.Mlp ? (8L * HeadWidth + 5) * HeadWidth : (HeadWidth + 1L) * HeadWidth;

    /// <summary>0: the state is a function of all events.</summary>
    /// <inheritdoc path="/param"/>
    public override long FirstSeen(long events) => 0;

    /// <summary>Weights and the sums since the mini-batch began, and the last three inputs of each convolution.</summary>
    protected override long StateElements =>
        Blocks * (2L * Heads * InnerWeights + ((PreConvolution ? 3L : 0) + (ShareQueryKey ? 3L : 0)) * Width);

    /// <inheritdoc/>
    protected override void CheckRanges(List<string> faults)
    {
        CheckRange(faults, "blocks", Blocks, MostBlocks);
        CheckRange(faults, "heads", Heads, MostWidth);
        CheckRange(faults, "miniBatch", MiniBatch, MostMiniBatch);
        CheckRange(faults, "feedForwardWidth", FeedForwardWidth, MostWidth);
        if (!Enum.IsDefined(Inner))
        {
            faults.Add(
            $"inner is {(int)Inner}, expected one of {string.Join(", ", Enum.GetNames<TttInnerForm>())}");
        }

        if (BaseRate is not (>= 0 and <= MostBaseRate)) faults.Add(Text($"baseRate is {BaseRate}, expected 0 to {MostBaseRate}"));
        if (RopeBase is not (> 1 and <= MostRopeBase)) faults.Add(Text($"ropeBase is {RopeBase}, expected more than 1, to {MostRopeBase}"));
    }

    /// <inheritdoc/>
    protected override void CheckFit(List<string> faults)
    {
        if (Width % (2L * Heads) != 0)
        {
            faults.Add($"width {Width} is not {Heads} heads of an even width: set heads to a divisor of half the width");
            return; // what follows reasons about the width of a head
        }

        if (Surprise && Inner == TttInnerForm.LinearAttention)
            faults.Add("linear attention has no loss for a surprise gate to read: set surprise to false");
        CheckElements(faults, "a layer, 2 × feedForwardWidth × width,", 2L * FeedForwardWidth * Width);
        if (2L * MiniBatch * HeadWidth is var turns && turns > MostTurns)
        {
            faults.Add(
                $"the rotation, 2 × miniBatch × head width, has {turns} elements, expected at most {MostTurns}: set a smaller miniBatch");
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
