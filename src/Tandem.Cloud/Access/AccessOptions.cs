namespace Tandem.Cloud.Access;

/// <summary>Who may ask, and how often.</summary>
public sealed record AccessOptions
{
    /// <summary>
    /// True to answer callers without a key as devices of the app <c>default</c>. Default false. What operators do always needs a key.
    /// </summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>Tokens (JWT) that are accepted beside API keys; null, the default, for none.</summary>
    public TokenOptions? Tokens { get; init; }

    /// <summary>What a device and a key may ask for.</summary>
    public RateOptions Rates { get; init; } = new();

    /// <summary>
    /// Origins whose pages may ask from a browser (CORS), such as <c>https://shop.example</c>; none by default. A page shows a key as any
    /// device does, so whoever opens it can read that key.
    /// </summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate() =>
        Rates.Validate().Select(fault => $"Rates.{fault}").Concat((Tokens?.Validate() ?? []).Select(fault => $"Tokens.{fault}"))
            .Concat(Origins.Select(PageOrigins.FaultOf).OfType<string>().Select(fault => $"Origins: {fault}"));
}
