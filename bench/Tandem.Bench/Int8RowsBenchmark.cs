using BenchmarkDotNet.Attributes;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Bench;

/// <summary>What does it cost to score the whole catalogue of Beauty, 12,101 items of 64 int8 numbers, and a list of 250 of them?</summary>
[MemoryDiagnoser]
public class Int8RowsBenchmark
{
    private const int Items = 12_101, Width = 64;

    private readonly sbyte[] _rows = [.. Draw.Floats(Items * Width).Select(value => (sbyte)(value * 127))];
    private readonly float[] _scales = Draw.Floats(Items);
    private readonly short[] _query = new short[Width];
    private readonly float[] _scores = new float[Items];
    private readonly float[] _listScores = new float[250];
    private readonly int[] _list = [.. Enumerable.Range(0, 250).Select(i => i * 7919 % Items)];
    private float _queryScale;

    [GlobalSetup]
    public void Setup() => _queryScale = Int8Rows.QuantiseQuery(Draw.Floats(Width), _query);

    [Benchmark(Baseline = true)]
    public void Scalar() => Int8Rows.Scalar(_rows, _scales, _query, _queryScale, _scores);

    [Benchmark]
    public void Lanes128() => Int8Rows.Run<Int8Lanes128>(_rows, _scales, _query, _queryScale, _scores);

    [Benchmark]
    public void Lanes256() => Int8Rows.Run<Int8Lanes256>(_rows, _scales, _query, _queryScale, _scores);

    [Benchmark]
    public void Lanes512() => Int8Rows.Run<Int8Lanes512>(_rows, _scales, _query, _queryScale, _scores);

    [Benchmark]
    public void ListOf250() => Int8Rows.ScoreGathered(_rows, _scales, _list, _query, _queryScale, _listScores);
}
