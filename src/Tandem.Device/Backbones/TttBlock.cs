using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>
/// x += TTT(RMSNorm(x)); x += W₃ (silu(W₁ h) ⊙ W₂ h), h = RMSNorm(x); before both, where the shape has it, x += Convolution(RMSNorm(x)).
/// A block carries the weights and sums of its layer, then the tails of the convolutions.
/// </summary>
internal sealed class TttBlock
{
    private readonly TttShape _shape;
    private readonly RmsNormLayer _convolutionNorm;
    private readonly ConvolutionLayer _convolution;
    private readonly RmsNormLayer _layerNorm;
    private readonly TttLayer _layer;
    private readonly RmsNormLayer _feedForwardNorm;
    private readonly ColumnLayer _expand;       // D → 2 M: W₁ above W₂
    private readonly ColumnLayer _contract;     // M → D

    /// <param name="layout">Receives the tensors.</param>
    /// <param name="name">Before them.</param>
    /// <param name="shape">Checked dimensions.</param>
    /// <param name="rotation">That of all blocks.</param>
    public TttBlock(ParameterLayout layout, string name, TttShape shape, TttRotation rotation)
    {
        var (D, M) = (shape.Width, shape.FeedForwardWidth);
        _shape = shape;
        if (shape.PreConvolution)
        {
            _convolutionNorm = RmsNormLayer.Add(layout, $"{name}.convolution_norm", D);
            _convolution = ConvolutionLayer.Add(layout, $"{name}.convolution", D);
        }

        _layerNorm = RmsNormLayer.Add(layout, $"{name}.ttt_norm", D);
        _layer = new(layout, $"{name}.ttt", shape, rotation);
        _feedForwardNorm = RmsNormLayer.Add(layout, $"{name}.feed_forward_norm", D);
        _expand = ColumnLayer.Add(layout, $"{name}.expand", D, 2 * M);
        _contract = ColumnLayer.Add(layout, $"{name}.contract", M, D);
    }

    /// <summary>Floats that it carries of a user.</summary>
    public int Carried => _layer.MemoryLength + TailLength(_shape.PreConvolution) + TailLength(_shape.ShareQueryKey);

    /// <summary>Floats of scratch of the inner models.</summary>
    public int ScratchLength(int rows) => _layer.ScratchLength(rows);

    /// <summary>What is carried before the first event.</summary>
    /// <param name="parameters">By the layout.</param>
    /// <param name="carried">Overwritten.</param>
    public void Begin(ReadOnlySpan<float> parameters, Span<float> carried)
    {
        carried.Clear();
        _layer.Begin(parameters, carried[.._layer.MemoryLength]);
    }

    /// <summary>Takes in the rows; those from the first wanted on leave as the block's output.</summary>
    /// <param name="parameters">By the layout.</param>
    /// <param name="scratch">Its stream is read and written.</param>
    /// <param name="carried">Moved on.</param>
    /// <param name="span">Where the rows stand.</param>
    /// <param name="wanted">0 … N.</param>
    public void Run(ReadOnlySpan<float> parameters, in TttScratch scratch, Span<float> carried, in TttSpan span, int wanted)
    {
        var free = new Scratch(carried);
        var memory = free.Take(_layer.MemoryLength);
        if (_shape.PreConvolution) Convolve(parameters, scratch, free.Take(TailLength(true)));
        _layerNorm.Apply(parameters, scratch.X, scratch.Normed);
        _layer.Project(parameters, scratch, free.Rest, span);
        _layer.Scan(parameters, scratch, memory, span, wanted);
        if (wanted == scratch.Rows) return;
        var left = scratch.From(wanted);
        _layer.Output(parameters, left);
        FeedForward(parameters, left);
    }

    private void Convolve(ReadOnlySpan<float> parameters, in TttScratch scratch, Span<float> tail)
    {
        var D = _shape.Width;
        var mixed = scratch.Answers;
        _convolutionNorm.Apply(parameters, scratch.X, scratch.Normed);
        _convolution.Apply(parameters, tail, scratch.Normed, D, mixed, D);
        ConvolutionLayer.Remember(scratch.Normed, D, tail);
        TensorPrimitives.Add(scratch.X, mixed, scratch.X);
    }

    private void FeedForward(ReadOnlySpan<float> parameters, in TttScratch scratch)
    {
        var M = _shape.FeedForwardWidth;
        _feedForwardNorm.Apply(parameters, scratch.X, scratch.Normed);
        _expand.Apply(parameters, scratch.Normed, scratch.Hidden);
        // In place: row n lands before any row that is still to be read.
        for (var row = 0; row < scratch.Rows; row++)
        {
            var hidden = scratch.Hidden.Slice(2 * row * M, 2 * M);
            Activations.SwiGlu(hidden[..M], hidden[M..], scratch.Hidden.Slice(row * M, M));
        }

        _contract.Apply(parameters, scratch.Hidden[..(scratch.Rows * M)], scratch.X, accumulate: true);
    }

    private int TailLength(bool has) => has ? ConvolutionLayer.Tail * _shape.Width : 0;
}
