using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>
/// What a teacher thinks of examples, for a student to learn (Distilling the Knowledge in a Neural Network, arXiv 1503.02531):
/// L = (1 − λ) CE(y, z) + λ τ² KL(p_τ ‖ softmax(z / τ)).
/// </summary>
public sealed class SoftLabels
{
    private readonly float[] _softened; // [N, K]
    private readonly int _classes;

    /// <param name="probabilities">[N, K] row-major, the teacher's at temperature 1, of every example.</param>
    /// <param name="classes">K.</param>
    /// <param name="options">τ and λ.</param>
    /// <exception cref="ArgumentException">The options have faults, or the numbers no rows.</exception>
    public SoftLabels(float[] probabilities, int classes, SoftLabelOptions options)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(options);
        SettingFaults.ThrowIfAny(options.Validate(), nameof(options));
        if (classes < 2 || probabilities.Length % classes != 0)
            throw new ArgumentException($"{probabilities.Length} numbers for {classes} labels; expected N × K", nameof(probabilities));
        (Options, _classes, _softened) = (options, classes, (float[])probabilities.Clone());
        for (var at = 0; at < _softened.Length; at += classes) Soften(_softened.AsSpan(at, classes), options.Temperature);
    }

    /// <summary>τ and λ.</summary>
    public SoftLabelOptions Options { get; }

    /// <summary>p_τ of some examples, [B, K].</summary>
    /// <param name="places">[B].</param>
    public Tensor Of(long[] places)
    {
        var values = new float[places.Length * _classes];
        for (var i = 0; i < places.Length; i++)
            _softened.AsSpan((int)places[i] * _classes, _classes).CopyTo(values.AsSpan(i * _classes));
        return tensor(values, places.Length, _classes);
    }

    /// <summary>
    /// −τ² Σ p log softmax(z / τ), the mean over examples: τ² KL up to what the student has no part in, and the usual cross-entropy where
    /// τ is 1 and p one label.
    /// </summary>
    /// <param name="logits">z [B, K].</param>
    /// <param name="soft">p [B, K], rows that sum to 1.</param>
    /// <param name="temperature">τ.</param>
    public static Tensor Loss(Tensor logits, Tensor soft, double temperature)
    {
        using var scope = NewDisposeScope();
        var likely = nn.functional.log_softmax(logits.DividedBy(temperature), 1);
        return (soft * likely).sum(1).mean().Times(-temperature * temperature).MoveToOuterDisposeScope();
    }

    private static void Soften(Span<float> probabilities, double temperature)
    {
        var sum = 0.0;
        foreach (ref var p in probabilities) sum += p = (float)Math.Pow(p, 1 / temperature);
        foreach (ref var p in probabilities) p = (float)(p / sum);
    }
}
