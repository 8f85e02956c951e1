using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Bench;

/// <summary>
/// What does it cost to score the whole catalogue of Beauty, 12,101 items of 64 fp16 numbers, beside the library and the same rows in
/// float32 and int8?
/// </summary>
[MemoryDiagnoser]
public class Fp16RowsBenchmark
{
    private const int Items = 12_101, Width = 64;

    private readonly float[] _singles = Draw.Floats(Items * Width);
    private readonly Half[] _rows = [.. Draw.Floats(Items * Width).Select(value => (Half)value)];
    private readonly sbyte[] _codes = [.. Draw.Floats(Items * Width).Select(value => (sbyte)(value * 127))];
    private readonly float[] _scales = Draw.Floats(Items);
    private readonly float[] _query = Draw.Floats(Width);
    private readonly float[] _raised = new float[Width];
    private readonly short[] _quantised = new short[Width];
    private readonly float[] _scores = new float[Items];
    private readonly float[] _listScores = new float[250];
    private readonly int[] _list = [.. Enumerable.Range(0, 250).Select(i => i * 7919 % Items)];

    [GlobalSetup]
    public void Setup() => Fp16Rows.TryRaise(_query, _raised);

    [Benchmark(Baseline = true)]
    public void SingleRows() => MatrixVector.Multiply(_singles, [], _query, _scores);

    [Benchmark]
    public void QuantisedRows() => Int8Rows.Score(_codes, _scales, _quantised, 1, _scores);

    [Benchmark]
    public void Library()
    {
        Span<float> row = stackalloc float[Width];
        for (var n = 0; n < Items; n++)
        {
            TensorPrimitives.ConvertToSingle(_rows.AsSpan(n * Width, Width), row);
            _scores[n] = TensorPrimitives.Dot(_query, row);
        }
    }

    [Benchmark]
    public void Widened512() => Fp16Rows.Run<Lanes512, HalfFormat>(_rows, _query, _scores);

    [Benchmark]
    public void Lanes128() => Fp16Rows.Run<Lanes128, LoweredHalfFormat>(_rows, _raised, _scores);

    [Benchmark]
    public void Lanes256() => Fp16Rows.Run<Lanes256, LoweredHalfFormat>(_rows, _raised, _scores);

    [Benchmark]
    public void Lanes512() => Fp16Rows.Run<Lanes512, LoweredHalfFormat>(_rows, _raised, _scores);

    [Benchmark]
    public void ListOf250() => Fp16Rows.ScoreGathered(_rows, _list, _raised, true, _listScores);
}
