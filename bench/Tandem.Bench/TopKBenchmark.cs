using BenchmarkDotNet.Attributes;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Bench;

/// <summary>What does it cost to find the best of 12,101 scores, in order?</summary>
[MemoryDiagnoser]
public class TopKBenchmark
{
    private readonly float[] _all = Draw.Floats(12_101);
    private int[] _items = [];
    private float[] _scores = [];

    [Params(10, 100, 256, 1_000, 6_000, 12_101)]
    public int K { get; set; }

    [GlobalSetup]
    public void Setup() => (_items, _scores) = (new int[K], new float[K]);

    [Benchmark(Baseline = true)]
    public void OneByOne()
    {
        var best = new TopK(_items, _scores);
        for (var item = 0; item < _all.Length; item++) best.Add(item, _all[item]);
        best.Sort();
    }

    [Benchmark]
    public int Lanes128() => Skip<Lanes128>();

    [Benchmark]
    public int Lanes256() => Skip<Lanes256>();

    [Benchmark]
    public int Lanes512() => Skip<Lanes512>();

    private int Skip<TLanes>() where TLanes : struct, ILanes<TLanes>
    {
        var best = new TopK(_items, _scores);
        for (var at = best.Run<TLanes>(_all, 0); at < _all.Length; at = best.Run<TLanes>(_all, at + 1)) best.Add(at, _all[at]);
        best.Sort();
        return best.Count;
    }
}
