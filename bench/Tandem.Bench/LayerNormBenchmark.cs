using BenchmarkDotNet.Attributes;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Bench;

/// <summary>What does a norm of one state cost?</summary>
[MemoryDiagnoser]
public class LayerNormBenchmark
{
    private float[] _x = [];
    private float[] _y = [];

    [Params(64, 256)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup() => (_x, _y) = (Draw.Floats(Width), new float[Width]);

    [Benchmark(Baseline = true)]
    public void Scalar() => LayerNorm.Scalar(_x, _x, _x, _y, 1e-5f);

    [Benchmark]
    public void Lanes128() => LayerNorm.Run<Lanes128>(_x, _x, _x, _y, 1e-5f);

    [Benchmark]
    public void Lanes256() => LayerNorm.Run<Lanes256>(_x, _x, _x, _y, 1e-5f);

    [Benchmark]
    public void Lanes512() => LayerNorm.Run<Lanes512>(_x, _x, _x, _y, 1e-5f);
}
