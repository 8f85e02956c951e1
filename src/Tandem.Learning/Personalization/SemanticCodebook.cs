using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Personalization;

/// <summary>
/// Centres that stand for what items have in common: a vector is read as the centre nearest to it, while its gradient passes straight
/// through. Centres are no weights of the optimiser; whoever trains moves them, by what they <see cref="Seen">saw</see>.
/// </summary>
/// <remarks>Until they are set, all are 0 and vectors pass as they are.</remarks>
public sealed class SemanticCodebook : nn.Module
{
    private bool _isSet;
    [ComponentName(Name = "centres")] private readonly Parameter _centres;      // [K, d]

    /// <param name="size">K.</param>
    /// <param name="width">d.</param>
    internal SemanticCodebook(int size, int width) : base(nameof(SemanticCodebook))
    {
        _centres = nn.Parameter(zeros(size, width), requires_grad: false);
        RegisterComponents();
    }

    /// <summary>K.</summary>
    public int Size => (int)_centres.shape[0];

    /// <summary>d.</summary>
    public int Width => (int)_centres.shape[1];

    /// <summary>True once there are centres.</summary>
    public bool IsSet
    {
        get
        {
            if (_isSet) return true;
            using var any = _centres.count_nonzero();
            return _isSet = any.item<long>() > 0;
        }
    }

    /// <summary>Vectors of the real places of the last training step, [N, d] row-major.</summary>
    internal float[] Seen { get; private set; } = [];

    /// <summary>[K × d] row-major.</summary>
    internal float[] Centres
    {
        get => TensorValues.Copy(_centres);
        set => TensorValues.Set(_centres, value);
    }

    /// <summary>The nearest centres.</summary>
    /// <param name="z">[B, T, d].</param>
    /// <param name="real">[B, T] 1 for an event, 0 for padding, which is no part of the penalty and of what is learned.</param>
    /// <returns>
    /// [B, T, d]; the mean over the events of |z − sg[q]|², and q without a gradient, both null before there are centres.
    /// </returns>
    internal (Tensor Read, Tensor? Commitment, Tensor? Nearest) Read(Tensor z, Tensor real)
    {
        if (training && is_grad_enabled()) Keep(z, real);
        if (!IsSet) return (z, null, null);
        var flat = z.detach().view(-1, Width);
        var squares = _centres.Squared().sum(dim: 1).unsqueeze(0);                       // |z|² is the same for all
        var nearest = (squares - flat.matmul(_centres.t()).Times(2)).argmin(1);
        var q = _centres.index_select(0, nearest).view(z.shape);
        var commitment = MeanOfSquares(z - q, real);
        return (z.Plus((q - z).detach()), commitment, q);
    }

    /// <summary>Mean over the events and their d elements.</summary>
    internal static Tensor MeanOfSquares(Tensor difference, Tensor real) =>
        (difference.Squared().mean([-1L]) * real).sum() / real.sum();

    private void Keep(Tensor z, Tensor real)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var places = real.flatten().nonzero().flatten();
        Seen = TensorValues.Copy(z.detach().view(-1, Width).index_select(0, places));
    }
}
