using BenchmarkDotNet.Attributes;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Bench;

/// <summary>What do the gates of a GRU cost beside its two products?</summary>
[MemoryDiagnoser]
public class GruCellBenchmark
{
    private float[] _gates = [];
    private float[] _hidden = [];

    [Params(64, 128)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup() => (_gates, _hidden) = (Draw.Floats(3 * Width), Draw.Floats(Width));

    [Benchmark(Baseline = true)]
    public void Scalar() => GruCell.Scalar(_gates, _gates, _hidden);

    [Benchmark]
    public void Lanes128() => GruCell.Run<Lanes128>(_gates, _gates, _hidden);

    [Benchmark]
    public void Lanes256() => GruCell.Run<Lanes256>(_gates, _gates, _hidden);

    [Benchmark]
    public void Lanes512() => GruCell.Run<Lanes512>(_gates, _gates, _hidden);
}
