using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Protocol.Parameters;

namespace Tandem.Device.Models;

/// <summary>
/// The low-rank change of a user's vector that a device learns, y = x + B (A x), see <see cref="AdapterForm"/>. No bundle holds it.
/// </summary>
internal readonly record struct Adapter
{
    /// <param name="layout">Receives its tensors.</param>
    /// <param name="width">D.</param>
    public Adapter(ParameterLayout layout, int width)
    {
        Down = layout.AddPersonal(AdapterForm.DownName, AdapterForm.Rank, width);
        Up = layout.AddPersonal(AdapterForm.UpName, width, AdapterForm.Rank);
    }

    /// <summary>A, [R × D].</summary>
    public Slice Down { get; }

    /// <summary>B, [D × R].</summary>
    public Slice Up { get; }

    /// <summary>Starting values.</summary>
    public void Initialize(Span<float> parameters)
    {
        Up.Of(parameters).Clear();
        AdapterForm.FillDown(Down.Of(parameters));
    }

    /// <param name="weights">By the layout.</param>
    /// <param name="x">[D], changed in place.</param>
    public void Apply(ReadOnlySpan<float> weights, Span<float> x)
    {
        Span<float> inner = stackalloc float[AdapterForm.Rank];
        MatrixVector.Multiply(Down.Of(weights), [], x, inner);
        var up = Up.Of(weights);
        for (var d = 0; d < x.Length; d++) x[d] += TensorPrimitives.Dot(up.Slice(d * AdapterForm.Rank, AdapterForm.Rank), inner);
    }
}
