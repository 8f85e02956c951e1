namespace Tandem.Learning.Baselines;

/// <summary>Regularisation and size of <see cref="Ease"/>.</summary>
public sealed record EaseOptions
{
    /// <summary>Most items that <see cref="MaxItems"/> may allow: their matrix fills the longest array, 2 GiB.</summary>
    public const int MostItems = 23_169;

    /// <summary>λ, in users: how strongly weights are held near 0. Above 0. Default 50, the best of 20, 50, 100, 200 and 500 on Beauty's
    /// validation events; denser data want more (the paper takes 500 on MovieLens 20M).</summary>
    public double Regularization { get; init; } = 50;

    /// <summary>Largest catalogue that is accepted: training holds two matrices of V² × 4 bytes. Default 20,000: 3.2 GB.</summary>
    public int MaxItems { get; init; } = 20_000;

    /// <summary>Every fault of these settings, empty where they can be used.</summary>
    public IEnumerable<string> Validate()
    {
        if (!(Regularization > 0 && double.IsFinite(Regularization)))
            yield return $"regularisation {Regularization} is not a finite number above 0";
        if (MaxItems is < 1 or > MostItems) yield return $"at most {MaxItems} items; expected 1 to {MostItems}";
    }
}
