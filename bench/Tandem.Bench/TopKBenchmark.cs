using BenchmarkDotNet.Attributes;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Bench;

/// <summary>What does it cost to find the best of 12,101 scores?</summary>
[MemoryDiagnoser]
public class TopKBenchmark
{
    private readonly float[] _all = Draw.Floats(12_101);
    private int[] _items = [];
    private float[] _scores = [];

    [Params(10, 100)]
    public int K { get; set; }

    [GlobalSetup]
    public void Setup() => (_items, _scores) = (new int[K], new float[K]);

    [Benchmark(Baseline = true)]
    public void OneByOne()
    {
        var best = new TopK(_items, _scores);
        for (var item = 0; item < _all.Length; item++) best.Add(item, _all[item]);
    }

    [Benchmark]
    public void Lanes128() => new TopK(_items, _scores).Run<Lanes128>(_all, firstItem: 0);

    [Benchmark]
    public void Lanes256() => new TopK(_items, _scores).Run<Lanes256>(_all, firstItem: 0);

    [Benchmark]
    public void Lanes512() => new TopK(_items, _scores).Run<Lanes512>(_all, firstItem: 0);
}
