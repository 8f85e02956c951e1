using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Tandem.Cloud.Access;

/// <summary>
/// Tokens (JWT) of an identity provider: signed by its keys, for this audience, with the claims <c>app</c>, and <c>scope</c>,
/// <c>device</c> or
/// <c>operator</c>.
/// </summary>
public sealed record TokenOptions
{
    /// <summary>
    /// The provider, whose keys are found at <c>/.well-known/openid-configuration</c>; null where <see cref="PublicKey"/> is given.
    /// </summary>
    public string? Authority { get; init; }

    /// <summary>PEM file with the public key (RSA or ECDSA) of who signs, where there is no provider to ask.</summary>
    public string? PublicKey { get; init; }

    /// <summary>Who the tokens say that they are from. Default: the provider.</summary>
    public string? Issuer { get; init; }

    /// <summary>Whom the tokens are for.</summary>
    public required string Audience { get; init; }

    /// <summary>The key of <see cref="PublicKey"/>, or null where the file holds none.</summary>
    internal AsymmetricSecurityKey? ReadPublicKey()
    {
        try
        {
            var pem = File.ReadAllText(PublicKey!);
            return TryRead(() => new ECDsaSecurityKey(Imported(ECDsa.Create(), pem)))
                ?? TryRead(() => new RsaSecurityKey(Imported(RSA.Create(), pem)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static T Imported<T>(T key, string pem) where T : AsymmetricAlgorithm
    {
        key.ImportFromPem(pem);
        return key;
    }

    private static AsymmetricSecurityKey? TryRead(Func<AsymmetricSecurityKey> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException) // of another kind, or no key
        {
            return null;
        }
    }

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if ((Authority is null) == (PublicKey is null)) yield return "Authority or PublicKey: expected one of them";
        if (Authority is not null && !Uri.TryCreate(Authority, UriKind.Absolute, out _))
            yield return $"Authority '{Authority}' is no address";
        if (PublicKey is not null && ReadPublicKey() is null)
            yield return $"PublicKey {PublicKey}: no readable PEM file with a public key, RSA or ECDSA";
        if (PublicKey is not null && string.IsNullOrEmpty(Issuer)) yield return "Issuer is empty; it is needed with PublicKey";
        if (string.IsNullOrEmpty(Audience)) yield return "Audience is empty";
    }
}
