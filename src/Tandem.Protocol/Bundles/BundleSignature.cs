using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Tandem.Protocol.Bundles;

/// <summary>
/// Who made a bundle: a signature over the bytes of its <c>manifest.json</c>, which holds the hash of every file. ECDSA on P-256 with
/// SHA-256, as 64 bytes: r and s (IEEE P1363).
/// </summary>
/// <remarks>The manifest's own hash tells damage from what was written; this tells who wrote it.</remarks>
public static class BundleSignature
{
    /// <summary>Bytes of a signature.</summary>
    public const int SizeBytes = 64;

    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>Signs a manifest.</summary>
    /// <param name="manifest">The content of <c>manifest.json</c>, as it is sent.</param>
    /// <param name="key">A private key on P-256.</param>
    /// <returns>[<see cref="SizeBytes"/>].</returns>
    /// <exception cref="ArgumentException">The key is on another curve.</exception>
    public static byte[] Sign(ReadOnlySpan<byte> manifest, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!IsOnP256(key))
            throw new ArgumentException("the key is on another curve than P-256; make one with ECCurve.NamedCurves.nistP256", nameof(key));
        return key.SignData(manifest, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Whether a manifest was signed with the private part of a key. Never throws, whatever the bytes and texts hold.</summary>
    /// <param name="manifest">The content of <c>manifest.json</c>.</param>
    /// <param name="signature">What came with it; empty where nothing did.</param>
    /// <param name="publicKey">A SubjectPublicKeyInfo on P-256, as PEM (<c>BEGIN PUBLIC KEY</c>) or as the base64 within.</param>
    /// <param name="fault">Why it is not, or null.</param>
    public static bool TryVerify(
        ReadOnlySpan<byte> manifest, ReadOnlySpan<byte> signature, string publicKey, [NotNullWhen(false)] out string? fault)
    {
        if (!TryRead(publicKey, out var key, out fault)) return false;
        using (key)
        {
            if (signature.IsEmpty)
                fault = "the bundle is not signed, and a signature is asked for";
            else if (signature.Length != SizeBytes)
                fault = $"the bundle's signature has {signature.Length} bytes, expected {SizeBytes}";
            else if (!key.VerifyData(manifest, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
                fault = "the bundle's signature is not that of its manifest by the expected key: someone else made or changed it";
        }

        return fault is null;
    }

    /// <summary>Why a text is no public key that can be used here, or null.</summary>
    /// <param name="publicKey">As <see cref="TryVerify"/> takes it.</param>
    public static string? FaultOfKey(string publicKey)
    {
        if (!TryRead(publicKey, out var key, out var fault)) return fault;
        key.Dispose();
        return null;
    }

    private static bool TryRead(string publicKey, [NotNullWhen(true)] out ECDsa? key, [NotNullWhen(false)] out string? fault)
    {
        const string Expected = "the public key is no SubjectPublicKeyInfo on P-256, as PEM or base64";
        ArgumentNullException.ThrowIfNull(publicKey);
        (key, fault) = (null, null);
        ECDsa? read = null;
        try
        {
            read = ECDsa.Create();
            if (publicKey.Contains("-----", StringComparison.Ordinal)) read.ImportFromPem(publicKey);
            else read.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
            if (IsOnP256(read)) key = read;
            else fault = Expected;
        }
        catch (PlatformNotSupportedException)
        {
            fault = "this platform cannot verify signatures (a browser's runtime has no ECDSA): verify the bundle where it is served, or "
                + "leave out the key";
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException)
        {
            fault = Expected;
        }
        finally
        {
            if (key is null) read?.Dispose();
        }

        return key is not null;
    }

    private static bool IsOnP256(ECDsa key) => key.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true } curve
        && (curve.Oid.Value == P256 || curve.Oid.FriendlyName is "nistP256" or "ECDSA_P256");
}
