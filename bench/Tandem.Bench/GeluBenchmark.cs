using BenchmarkDotNet.Attributes;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Bench;

/// <summary>What does the dearest activation cost?</summary>
[MemoryDiagnoser]
public class GeluBenchmark
{
    private float[] _x = [];
    private float[] _y = [];

    [Params(64, 256)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup() => (_x, _y) = (Draw.Floats(Width), new float[Width]);

    [Benchmark(Baseline = true)]
    public void Scalar() => Elementwise.Scalar(default(Activations.GeluFunction), _x, _y);

    [Benchmark]
    public void Lanes128() => Run<Lanes128>();

    [Benchmark]
    public void Lanes256() => Run<Lanes256>();

    [Benchmark]
    public void Lanes512() => Run<Lanes512>();

    private void Run<TLanes>() where TLanes : struct, ILanes<TLanes> =>
        Elementwise.Run<TLanes, Activations.GeluFunction>(default, _x, _y);
}
