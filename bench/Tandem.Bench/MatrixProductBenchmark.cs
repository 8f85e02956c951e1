using BenchmarkDotNet.Attributes;
using Tandem.Device.Kernels;
using Tandem.Device.Kernels.Lanes;

namespace Tandem.Bench;

/// <summary>What does a linear layer over a whole history of 50 steps cost, and what do its gradients?</summary>
[MemoryDiagnoser]
public class MatrixProductBenchmark
{
    private const int Steps = 50, Inputs = 64, Outputs = 192;

    private readonly float[] _x = Draw.Floats(Steps * Inputs);
    private readonly float[] _weights = Draw.Floats(Outputs * Inputs);
    private readonly float[] _y = Draw.Floats(Steps * Outputs);
    private readonly float[] _dx = new float[Steps * Inputs];
    private readonly float[] _dw = new float[Outputs * Inputs];

    [Benchmark(Baseline = true)]
    public void Scalar() => MatrixProduct.Scalar(_x, _weights, [], _y, accumulate: false);

    [Benchmark]
    public void Lanes128() => MatrixProduct.Run<Lanes128>(_x, _weights, [], _y, accumulate: false);

    [Benchmark]
    public void Lanes256() => MatrixProduct.Run<Lanes256>(_x, _weights, [], _y, accumulate: false);

    [Benchmark]
    public void Lanes512() => MatrixProduct.Run<Lanes512>(_x, _weights, [], _y, accumulate: false);

    [Benchmark]
    public void GradientOfInput() => MatrixProduct.Times(_y, _weights, _dx);

    [Benchmark]
    public void GradientOfWeights() => MatrixProduct.AddOuter(_y, _x, _dw);
}
