namespace Tandem.Learning.Backbones.Fused;

/// <summary>Sizes of a fused scan, and how far its state and its gradient go.</summary>
/// <param name="Rows">B.</param>
/// <param name="Steps">T.</param>
/// <param name="Heads">H.</param>
/// <param name="HeadWidth">F.</param>
/// <param name="MiniBatch">b.</param>
/// <param name="GradientSteps">After so many steps the state's gradient is cut.</param>
/// <param name="IsFrozen">True where every mini-batch starts from the initial weights.</param>
internal sealed record TttLinearShape(int Rows, int Steps, int Heads, int HeadWidth, int MiniBatch, long GradientSteps, bool IsFrozen)
{
    /// <summary>D.</summary>
    public int Width => Heads * HeadWidth;

    /// <summary>Mini-batches of a row, the last one perhaps not full.</summary>
    public int Chunks => (Steps + MiniBatch - 1) / MiniBatch;

    /// <summary>Elements of one head's W.</summary>
    public int WeightSize => HeadWidth * HeadWidth;

    /// <summary>Elements of one head's W and b.</summary>
    public int StateSize => WeightSize + HeadWidth;

    /// <summary>Elements of the states that the mini-batches start with, but for the first, which is the initial one for all.</summary>
    public long StatesSize => IsFrozen ? 0 : (long)Rows * Heads * (Chunks - 1) * StateSize;

    /// <summary>Where the state lies that mini-batch <paramref name="chunk"/> ≥ 1 of a row's head starts with.</summary>
    public int StateAt(int row, int head, int chunk) => ((row * Heads + head) * (Chunks - 1) + chunk - 1) * StateSize;

    /// <summary>n of a mini-batch.</summary>
    public int Count(int chunk) => Math.Min(MiniBatch, Steps - chunk * MiniBatch);

    /// <summary>True where a gradient goes from a mini-batch's start to the end of the one before.</summary>
    public bool Flows(int chunk) => chunk > 0 && !IsFrozen && (long)chunk * MiniBatch % GradientSteps != 0;
}
