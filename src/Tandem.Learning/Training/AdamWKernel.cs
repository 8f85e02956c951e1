using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tandem.Learning.Training;

/// <summary>
/// One pass of AdamW (arXiv 1711.05101, algorithm 2) over a run of weights. A pass reads and writes each array once; the same
/// update as separate tensor operations would move seven times the bytes.
/// </summary>
internal readonly record struct AdamWKernel(float Beta1, float Beta2, float Rate, float InverseRootCorrection2, float Epsilon, float Scale)
{
    /// <summary>The constants of step <paramref name="step"/>, counted from 1, with bias corrections folded in.</summary>
    /// <param name="step">Counted from 1.</param>
    /// <param name="steps">Steps that the schedule spans.</param>
    /// <param name="options">The optimiser's settings.</param>
    /// <param name="scale">By which gradients are multiplied first.</param>
    public static AdamWKernel At(int step, int steps, AdamWOptions options, double scale)
    {
        var rate = RateAt(step, steps, options) / (1 - Math.Pow(options.Beta1, step));
        var root = 1 / Math.Sqrt(1 - Math.Pow(options.Beta2, step));
        return new((float)options.Beta1, (float)options.Beta2, (float)rate, (float)root, (float)options.Epsilon, (float)scale);
    }

    /// <summary>α of a step: the rate, warmed up, then along the schedule.</summary>
    /// <inheritdoc cref="At" path="/param"/>
    public static double RateAt(int step, int steps, AdamWOptions options)
    {
        var warm = options.WarmupSteps > 0 ? Math.Min(1.0, (double)step / options.WarmupSteps) : 1;
        return warm * Fall(step, steps, options) * options.LearningRate;
    }

    private static double Fall(int step, int steps, AdamWOptions options)
    {
        if (options.FinalRate == 1 || steps <= options.WarmupSteps) return 1;
        var done = Math.Clamp((step - options.WarmupSteps) / (double)(steps - options.WarmupSteps), 0, 1);
        return options.FinalRate + (1 - options.FinalRate) * (1 + Math.Cos(Math.PI * done)) / 2;
    }

    /// <summary>m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ← decay·w − rate·m / (√v·c + ε).</summary>
    /// <param name="w">Weights; all four spans have one length.</param>
    /// <param name="g">Gradient.</param>
    /// <param name="m">Mean gradient.</param>
    /// <param name="v">Mean square gradient.</param>
    /// <param name="decay">1 − α λ, or the product of it over the steps that this one stands for.</param>
    public void Update(Span<float> w, ReadOnlySpan<float> g, Span<float> m, Span<float> v, float decay)
    {
        ref var w0 = ref MemoryMarshal.GetReference(w);
        ref var g0 = ref MemoryMarshal.GetReference(g);
        ref var m0 = ref MemoryMarshal.GetReference(m);
        ref var v0 = ref MemoryMarshal.GetReference(v);
        var i = 0;
        for (; i <= w.Length - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var at = (nuint)i;
            var gradient = Vector512.LoadUnsafe(ref g0, at) * Scale;
            var mean = Vector512.LoadUnsafe(ref m0, at) * Beta1 + gradient * (1 - Beta1);
            var square = Vector512.LoadUnsafe(ref v0, at) * Beta2 + gradient * gradient * (1 - Beta2);
            mean.StoreUnsafe(ref m0, at);
            square.StoreUnsafe(ref v0, at);
            var root = Vector512.Sqrt(square) * InverseRootCorrection2 + Vector512.Create(Epsilon);
            (Vector512.LoadUnsafe(ref w0, at) * decay - mean * Rate / root).StoreUnsafe(ref w0, at);
        }

        for (; i < w.Length; i++)
        {
            var gradient = g[i] * Scale;
            m[i] = m[i] * Beta1 + gradient * (1 - Beta1);
            v[i] = v[i] * Beta2 + gradient * gradient * (1 - Beta2);
            w[i] = w[i] * decay - m[i] * Rate / (MathF.Sqrt(v[i]) * InverseRootCorrection2 + Epsilon);
        }
    }
}
