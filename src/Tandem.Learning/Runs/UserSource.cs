using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Layers;
using Tandem.Learning.Personalization;

namespace Tandem.Learning.Runs;

/// <summary>What makes weights of users in a network, whatever the network is.</summary>
/// <param name="Source">Makes the numbers.</param>
/// <param name="Slots">Of the layers that they change.</param>
/// <param name="Numbers">Histories, each of one event at least → [B][S] what is made of each.</param>
internal sealed record UserSource(ParameterSource Source, WeightSlots Slots, Func<History[], float[][]> Numbers)
{
    /// <summary>Of a sequence model; null where it makes no weights.</summary>
    public static UserSource? Of(SequenceModel model) => model.Parameters is not { } source
        ? null
        : new(source, model.Slots, histories =>
            Array.ConvertAll(SequenceScorer.Numbers(model, histories), numbers => numbers[^source.Size..]));

    /// <summary>Of DIN; null where it makes no weights.</summary>
    public static UserSource? Of(Din model) => model.Parameters is not { } source
        ? null
        : new(source, model.Slots, histories => DinScorer.Numbers(model, histories));

    /// <summary>Layers between factors; for a source of cores.</summary>
    public IEnumerable<DynamicLayer> Cores => Source.Layers.Cast<DynamicLayer>();

    /// <summary>The place of a layer's first number among all.</summary>
    /// <param name="layer">From 0.</param>
    public int First(int layer) => (int)Source.Layers.Take(layer).Sum(own => own.Size);
}
