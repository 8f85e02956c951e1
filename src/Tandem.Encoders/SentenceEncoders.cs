using Tandem.Learning.Graphs;
using Tandem.Learning.Text;

namespace Tandem.Encoders;

/// <summary>The pretrained networks of this library, by name.</summary>
public static class SentenceEncoders
{
    private static readonly TextEncoder[] _all = [Entry(SentenceModel.MiniLm), Entry(SentenceModel.ArcticXs)];

    private static readonly WeightSource[] _weights = [Weights(SentenceModel.MiniLm), Weights(SentenceModel.ArcticXs), ImageModel.Weights];

    /// <summary>
    /// Lets recipes name them, as encoders of texts (<see cref="TextEncoders"/>) and as weights to take knowledge from
    /// (<see cref="WeightSources"/>). May be called more than once.
    /// </summary>
    public static void Register()
    {
        foreach (var encoder in _all) TextEncoders.Register(encoder);
        foreach (var weights in _weights) WeightSources.Register(weights);
    }

    private static TextEncoder Entry(SentenceModel model) =>
        new(model.Name, model.Description, _ => model.Identity, _ => SentenceEncoder.Load(model));

    private static WeightSource Weights(SentenceModel model) => new(model.Name, model.Description, model.ReadWeights);
}
