using BenchmarkDotNet.Attributes;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Bench;

/// <summary>What does one query in one head of 32 cost, and its two sums at each width of vector?</summary>
[MemoryDiagnoser]
public class AttentionBenchmark
{
    private const int Width = 32, Stride = 64;

    private readonly float[] _query = Draw.Floats(Width);
    private readonly float[] _mixture = new float[Width];
    private float[] _rows = [];
    private float[] _weights = [];

    [Params(50, 200)]
    public int Steps { get; set; }

    [GlobalSetup]
    public void Setup() => (_rows, _weights) = (Draw.Floats(Steps * Stride), new float[Steps]);

    [Benchmark(Baseline = true)]
    public void Scalar()
    {
        Attention.ScoreScalar(_query, _rows, Steps, Stride, [], _weights);
        Attention.MixScalar(_weights, _rows, Steps, Stride, _mixture);
    }

    [Benchmark]
    public void Lanes128() => ScoreAndMix<Lanes128>();

    [Benchmark]
    public void Lanes256() => ScoreAndMix<Lanes256>();

    [Benchmark]
    public void Lanes512() => ScoreAndMix<Lanes512>();

    [Benchmark]
    public void WithSoftmax() => Attention.Attend(_query, _rows, _rows, Steps, Stride, 0.2f, _weights, _mixture);

    private void ScoreAndMix<TLanes>() where TLanes : struct, ILanes<TLanes>
    {
        Attention.Score<TLanes>(_query, _rows, Steps, Stride, [], _weights);
        Attention.Mix<TLanes>(_weights, _rows, Steps, Stride, _mixture);
    }
}
