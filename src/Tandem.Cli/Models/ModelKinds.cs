using Tandem.Learning.Backbones;
using Tandem.Learning.Baselines;

namespace Tandem.Cli.Models;

/// <summary>All models by name.</summary>
internal static class ModelKinds
{
    public static IReadOnlyList<ModelKind> All { get; } =
    [
        new SequenceKind("sasrec", "self-attention over the history", new SasRecOptions()),
        new SequenceKind("gru4rec", "a recurrent network over the history", new Gru4RecOptions()),
        new SequenceKind("hstu", "pointwise attention with biases of place and time", new HstuOptions()),
        new SequenceKind("ttt", "a small model inside that every event trains", new TttOptions()),
        new DinKind(),
        new CountedKind<NoOptions>(
            "popularity", "how often an item was taken", new(), _ => [],
            (_, sequences) => Popularity.Train(sequences),
            (model, path) => ((Popularity)model).Save(path), Popularity.Load),
        new CountedKind<LastItemCooccurrenceOptions>(
            "cooccurrence", "what followed the last items, with lag", new(), o => o.Validate(),
            LastItemCooccurrence.Train, (model, path) => ((LastItemCooccurrence)model).Save(path), LastItemCooccurrence.Load),
        new CountedKind<ItemKnnOptions>(
            "itemknn", "cosine neighbours of the history's items", new(), o => o.Validate(),
            ItemKnn.Train, (model, path) => ((ItemKnn)model).Save(path), ItemKnn.Load),
        new CountedKind<EaseOptions>(
            "ease", "a linear autoencoder in closed form", new(), o => o.Validate(),
            Ease.Train, (model, path) => ((Ease)model).Save(path), Ease.Load),
    ];

    public static ModelKind Find(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new UsageException(
            $"no model is called '{name}'{Nearest.Hint(name, All.Select(kind => kind.Name))}; "
            + $"expected one of: {string.Join(", ", All.Select(kind => kind.Name))}; see 'tandem train --help'");
}
