using System.Numerics;
using Tandem.Learning.Layers;
using static TorchSharp.torch;

namespace Tandem.Learning.Backbones.Fused;

/// <summary>A TTT-Linear layer from its projections to its answers as one node of autograd, with its gradient written by hand.</summary>
/// <remarks>
/// As separate tensor operations each mini-batch takes some twenty of them forward and sixty backward, on matrices of eight rows: the calls
/// cost more than the arithmetic.
/// </remarks>
internal sealed class TttLinearFunction : autograd.SingleTensorFunction<TttLinearFunction>
{
    private const string Shape = "shape";
    private const string Angles = "angles";

    /// <inheritdoc/>
    public override string Name => nameof(TttLinearFunction);

    /// <summary>True where it can run: on the CPU, in a type of vectors that rows of a head fill whole.</summary>
    /// <param name="headWidth">F.</param>
    /// <param name="qkv">Of the type and on the device of all inputs.</param>
    public static bool Fits(int headWidth, Tensor qkv) => qkv.device_type == TorchSharp.DeviceType.CPU && qkv.dtype switch
    {
        ScalarType.Float32 => headWidth % SmallProducts<float>.Lanes == 0,
        ScalarType.Float64 => headWidth % SmallProducts<double>.Lanes == 0,
        _ => false,
    };

    /// <param name="shape">Sizes.</param>
    /// <param name="angles">[b, F/2] of the rotation.</param>
    /// <param name="inputs">qkv, λ, τ, W₀, b₀, γ, β as in <see cref="TttLinearTensors{T}"/>, of one type.</param>
    /// <returns>[B, T, D] answers.</returns>
    public static Tensor Apply(TttLinearShape shape, double[] angles, params ReadOnlySpan<Tensor> inputs) =>
        apply([.. inputs, shape, angles]);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var inputs = new Tensor[7];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = ((Tensor)vars[i]).contiguous();
        var (shape, angles) = ((TttLinearShape)vars[7], (double[])vars[8]);
        var answers = empty(shape.Rows, shape.Steps, shape.Width, inputs[0].dtype);
        var states = empty(shape.StatesSize, inputs[0].dtype);
        if (answers.dtype == ScalarType.Float32) Forward<float>(shape, angles, inputs, answers, states);
        else Forward<double>(shape, angles, inputs, answers, states);
        ctx.save_for_backward([.. inputs, states]);
        ctx.save_data(Shape, shape);
        ctx.save_data(Angles, angles);
        return answers;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var (saved, shape, angles) = (ctx.get_saved_variables(), (TttLinearShape)ctx.get_data(Shape), (double[])ctx.get_data(Angles));
        var gradients = new List<Tensor>(9);
        for (var i = 0; i < 7; i++) gradients.Add(zeros_like(saved[i]));
        using (var dAnswers = grad_output.contiguous())
        {
            if (dAnswers.dtype == ScalarType.Float32) Backward<float>(shape, angles, saved, dAnswers, gradients);
            else Backward<double>(shape, angles, saved, dAnswers, gradients);
        }

        foreach (var tensor in saved) tensor.Dispose();
        gradients.AddRange([null!, null!]); // shape and angles have none
        return gradients;
    }

    private static void Forward<T>(TttLinearShape shape, double[] angles, IReadOnlyList<Tensor> inputs, Tensor answers, Tensor states)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        TttLinearForward.Run(shape, new TttRotary<T>(angles, shape.HeadWidth), Of<T>(inputs), Values<T>(answers), Values<T>(states));

    private static void Backward<T>(TttLinearShape shape, double[] angles, List<Tensor> saved, Tensor dAnswers, List<Tensor> gradients)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        new TttLinearBackward<T>(shape, new TttRotary<T>(angles, shape.HeadWidth))
            .Run(Of<T>(saved), Values<T>(saved[7]), Values<T>(dAnswers), Of<T>(gradients));

    private static TttLinearTensors<T> Of<T>(IReadOnlyList<Tensor> tensors)
        where T : unmanaged => new()
        {
            Qkv = Values<T>(tensors[0]),
            Rates = Values<T>(tensors[1]),
            Tau = Values<T>(tensors[2]),
            Weight = Values<T>(tensors[3]),
            Bias = Values<T>(tensors[4]),
            Gamma = Values<T>(tensors[5]),
            Beta = Values<T>(tensors[6]),
        };

    private static Span<T> Values<T>(Tensor tensor)
        where T : unmanaged => TensorValues.InPlace<T>(tensor);
}
