using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// f(x) = x + LN(gelu(x W₁ + b₁) W₂ + b₂), 4 F wide inside, gelu by its tanh approximation. In dual form throughout: of a single event it
/// is the primal form.
/// </summary>
internal sealed class TttMlp : TttInnerModel
{
    private const int Multiple = 4; // inner width over F

    private readonly int _inner;    // I = 4 F

    public TttMlp(ParameterLayout layout, string name, TttShape shape) : base(layout, name, shape)
    {
        _inner = Multiple * HeadWidth;
        Initial =
        [
            layout.Add($"{name}.expand_weight", Heads, HeadWidth, _inner),
            layout.Add($"{name}.expand_bias", Heads, 1, _inner),
            layout.Add($"{name}.contract_weight", Heads, _inner, HeadWidth),
            layout.Add($"{name}.contract_bias", Heads, 1, HeadWidth),
        ];
    }

    private protected override Slice[] Initial { get; }

    /// <inheritdoc/>
    public override int ScratchLength(int rows) => rows * (4 * HeadWidth + 3 * _inner + TttDualLayer.ScratchWidth(rows, _inner));

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<float> parameters, in TttChunk chunk)
    {
        for (var head = 0; head < Heads; head++) Run(parameters, chunk, head);
    }

    private void Run(ReadOnlySpan<float> parameters, in TttChunk chunk, int head)
    {
        var (n, F, I) = (chunk.Rows, HeadWidth, _inner);
        var free = new Scratch(chunk.Scratch);
        var Q = free.Take(n * F);
        var K = free.Take(n * F);
        var x = free.Take(n * I);       // gelu(K W₁ + b₁)
        var g1 = free.Take(n * I);
        var g2 = free.Take(n * F);
        chunk.CopyHead(head, Q, K);
        var norm = Norm(parameters).Head(head, F);
        var expand = new TttDualLayer(chunk, head * Length, F, I);
        var contract = new TttDualLayer(chunk, head * Length + (F + 1) * I, I, F);

        expand.Forward(K, x);
        var slope = free.Take(n * I);
        Activations.GeluTanhSlope(x, slope);
        Activations.GeluTanh(x, x);
        contract.Forward(x, g2);
        for (var row = 0; row < n; row++)
        {
            var v = chunk.Value(row).Slice(head * F, F);
            var rate = chunk.RowRates(row).Slice(head, 1);
            HeadNorm.Gradient(g2.Slice(row * F, F), K.Slice(row * F, F), v, norm, rate);
        }

        MatrixProduct.TimesTransposed(g2, contract.Weight, [], g1);
        TensorPrimitives.Multiply(g1, slope, g1);

        if (chunk.Wanted < n)
        {
            var hidden = slope;         // no more needed
            var y = free.Take(n * F);
            expand.Read(Q, K, g1, free, hidden);
            Activations.GeluTanh(hidden, hidden);
            contract.Read(hidden, x, g2, free, y);
            for (var row = chunk.Wanted; row < n; row++)
                HeadNorm.Answer(y.Slice(row * F, F), Q.Slice(row * F, F), norm, F, chunk.Answer(row).Slice(head * F, F));
        }

        expand.Write(K, g1);
        contract.Write(x, g2);
    }
}
