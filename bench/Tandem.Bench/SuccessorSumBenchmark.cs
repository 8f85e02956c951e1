using BenchmarkDotNet.Attributes;
using Tandem.Protocol.Items;

namespace Tandem.Bench;

/// <summary>What do counts of successors cost where 20 events are each followed by 50 of 12,101 items?</summary>
[MemoryDiagnoser]
public class SuccessorSumBenchmark
{
    private const int Items = 12_101;
    private const int Row = 50;

    private readonly CountedSuccessors _counted = new(
        Table(), new() { Recent = 20, RecencyDecay = 0.5, Shares = false, Weight = 14, Offset = 3 });

    private readonly Dictionary<int, float> _dictionary = new(1_024);
    private readonly int[] _history = [.. Enumerable.Range(1, 20).Select(i => i * 577)];
    private readonly float[] _bonus = new float[1_024];
    private SuccessorSum _sum = null!;

    [GlobalSetup]
    public void Setup()
    {
        _sum = _counted.CreateSum();
        _sum.Read(_history);
    }

    /// <summary>As many additions, of one number each.</summary>
    [Benchmark(Baseline = true)]
    public int PlainDictionary()
    {
        _dictionary.Clear();
        for (var i = 0; i < 20 * Row; i++)
        {
            var item = i * 7_919 % Items;
            _dictionary[item] = _dictionary.GetValueOrDefault(item) + 1;
        }

        return _dictionary.Count;
    }

    [Benchmark]
    public int Read()
    {
        _sum.Read(_history);
        return _sum.Count;
    }

    [Benchmark]
    public void Bonus() => _counted.Bonus(_sum, _bonus);

    private static SuccessorTable Table()
    {
        var random = new Random(1);
        var items = Enumerable.Range(0, Items).SelectMany(_ =>
        {
            var row = new SortedSet<int>();
            while (row.Count < Row) row.Add(random.Next(1, Items + 1));
            return row;
        });
        int[] ends = [.. Enumerable.Range(0, Items + 1).Select(item => item * Row)];
        return SuccessorTable.FromCounts(ends, [.. items], [.. Draw.Floats(Items * Row).Select(value => value + 2)]);
    }
}
