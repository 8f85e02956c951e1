using System.Numerics.Tensors;
using Tandem.Device.Kernels;
using Tandem.Device.Models;
using Tandem.Protocol.Bundles;

namespace Tandem.Device.Backbones;

/// <summary>GRU4Rec. The state carries the hidden state of each layer, [H] each.</summary>
internal sealed class Gru4RecRunner : Runner
{
    private const int MostRows = 256;

    private readonly Gru4RecShape _shape;

    /// <param name="shape">Checked dimensions.</param>
    public Gru4RecRunner(Gru4RecShape shape) : base(shape)
    {
        _shape = shape;
        Layers = [.. Enumerable.Range(0, shape.Layers).Select(i => AddLayer(i, i == 0 ? shape.Width : shape.Hidden))];
        Output = shape.Hidden == shape.Width ? null : LinearLayer.Add(Layout, "backbone.output", shape.Hidden, shape.Width);
    }

    /// <summary>The shape of GRU4Rec.</summary>
    public Gru4RecShape Dimensions => _shape;

    /// <summary>Of each layer what is projected from its input and from its hidden state, [3 H]: reset, update, candidate.</summary>
    public IReadOnlyList<(LinearLayer FromInput, LinearLayer FromHidden)> Layers { get; }

    /// <summary>From H back to D; null where they are equal.</summary>
    public LinearLayer? Output { get; }

    /// <summary>Layer after layer over as many rows as stay in the second cache; the window alone is no reason for memory.</summary>
    public override int EventsAtOnce => Math.Min(_shape.Window, MostRows);

    private int RowWidth => Math.Max(_shape.Width, _shape.Hidden);

    /// <inheritdoc/>
    public override bool CanLearn(LearnedPart part) => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Slice> Part(LearnedPart part) => Layout.From(part switch
    {
        LearnedPart.Adapter => null,
        LearnedPart.LastBlock => $"backbone.layers.{_shape.Layers - 1}.weight_ih_l0",
        _ => "backbone.layers.0.weight_ih_l0",
    });

    /// <inheritdoc/>
    public override UserState CreateState() => new(
        carried: _shape.Layers * AlignedFloats.RoundUp(_shape.Hidden),
        scratch: EventsAtOnce * (RowWidth + 3 * _shape.Hidden) + 3 * _shape.Hidden,
        _shape.Width,
        times: 0);

    /// <inheritdoc/>
    public override BackboneGradient CreateGradient(LearnedPart part, int events, Workspace workspace) =>
        new Gru4RecGradient(this, part, events, workspace);

    /// <inheritdoc/>
    protected override void Run(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
    {
        if (state.Events == 0) state.Carried.Clear();
        for (var first = 0; first < events.Count; first += MostRows)
            RunRows(weights, state, events.Slice(first, Math.Min(MostRows, events.Count - first)));
    }

    private void RunRows(ReadOnlySpan<float> weights, UserState state, in EventSpan events)
    {
        var (N, H) = (events.Count, _shape.Hidden);
        var x = state.Scratch[..events.Rows.Length];
        var gates = state.Scratch.Slice(N * RowWidth, N * 3 * H);
        TensorPrimitives.Multiply(events.Rows, MathF.Sqrt(_shape.Width), x);
        for (var i = 0; i < Layers.Count; i++)
        {
            var hidden = state.Carried.Slice(i * AlignedFloats.RoundUp(H), H);
            Layers[i].FromInput.Apply(weights, x, gates);
            x = state.Scratch[..(N * H)];
            Run(weights, Layers[i].FromHidden, gates, hidden, x, state.Scratch.Slice(N * (RowWidth + 3 * H), 3 * H));
        }

        if (Output is { } output) output.Apply(weights, x[^H..], state.Output);
        else x[^H..].CopyTo(state.Output);
    }

    /// <summary>h after each event, into <paramref name="y"/> [N × H].</summary>
    private static void Run(
        ReadOnlySpan<float> weights, LinearLayer fromHidden, ReadOnlySpan<float> fromInput, Span<float> hidden, Span<float> y,
        Span<float> recurrent)
    {
        var H = hidden.Length;
        for (var t = 0; t * H < y.Length; t++)
        {
            fromHidden.Apply(weights, hidden, recurrent);
            GruCell.Step(fromInput.Slice(t * 3 * H, 3 * H), recurrent, hidden);
            hidden.CopyTo(y[(t * H)..]);
        }
    }

    private (LinearLayer FromInput, LinearLayer FromHidden) AddLayer(int layer, int inputs)
    {
        var (name, gates) = ($"backbone.layers.{layer}", 3 * _shape.Hidden);
        return (
            new(Layout.Add($"{name}.weight_ih_l0", gates, inputs), Layout.Add($"{name}.bias_ih_l0", gates), inputs, gates),
            new(Layout.Add($"{name}.weight_hh_l0", gates, _shape.Hidden), Layout.Add($"{name}.bias_hh_l0", gates), _shape.Hidden, gates));
    }
}
