using BenchmarkDotNet.Attributes;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Bench;

/// <summary>What does one linear layer cost, at each width of vector?</summary>
[MemoryDiagnoser]
public class MatrixVectorBenchmark
{
    private float[] _weights = [];
    private float[] _bias = [];
    private float[] _x = [];
    private float[] _y = [];

    [Params("64x64", "192x64", "256x256")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var sizes = Shape.Split('x').Select(int.Parse).ToArray();
        var (outputs, inputs) = (sizes[0], sizes[1]);
        (_weights, _bias, _x, _y) = (Draw.Floats(outputs * inputs), Draw.Floats(outputs), Draw.Floats(inputs), new float[outputs]);
    }

    [Benchmark(Baseline = true)]
    public void Scalar() => MatrixVector.Scalar(_weights, _bias, _x, _y, accumulate: false);

    [Benchmark]
    public void Lanes128() => MatrixVector.Run<Lanes128>(_weights, _bias, _x, _y, accumulate: false);

    [Benchmark]
    public void Lanes256() => MatrixVector.Run<Lanes256>(_weights, _bias, _x, _y, accumulate: false);

    [Benchmark]
    public void Lanes512() => MatrixVector.Run<Lanes512>(_weights, _bias, _x, _y, accumulate: false);
}
