using Tandem.Learning.Backbones;
using Tandem.Learning.Baselines;

namespace Tandem.Learning.Runs;

/// <summary>All models by name.</summary>
public static class ModelKinds
{
    private static readonly ModelKind[] _others =
    [
        new DinKind(),
        new ParallelKind(),
        new CompositeKind(),
        new TitleNeighboursKind(),
        new GenerativeKind(),
        new LanguageKind(),
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

    /// <summary>Sequence models, of backbones that are registered now, then DIN, then the cloud's, then baselines.</summary>
    public static IReadOnlyList<ModelKind> All => [.. BackboneKinds.All.Select(kind => new SequenceKind(kind)), .. _others];

    /// <summary>Such as <c>sasrec, gru4rec or din</c>.</summary>
    /// <param name="wanted">True of two models at least.</param>
    public static string Names(Func<ModelKind, bool> wanted)
    {
        var names = All.Where(wanted).Select(kind => kind.Name).ToArray();
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    /// <exception cref="RunException">There is none of the name.</exception>
    public static ModelKind Find(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new RunException($"no model is called '{name}'; expected one of: {string.Join(", ", All.Select(kind => kind.Name))}");
}
