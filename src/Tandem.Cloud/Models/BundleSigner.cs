using System.Security.Cryptography;
using Tandem.Protocol.Bundles;

namespace Tandem.Cloud.Models;

/// <summary>
/// Signs manifests (<see cref="BundleSignature"/>). A manifest holds the hashes of its files, so it stands for the whole bundle.
/// </summary>
internal sealed class BundleSigner : IDisposable
{
    private readonly ECDsa _key;

    private BundleSigner(ECDsa key) => _key = key;

    /// <param name="path">PEM file with a private key of the curve P-256.</param>
    /// <exception cref="SigningKeyException">It is none.</exception>
    public static BundleSigner Open(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            if (key.KeySize == 256 && key.ExportParameters(includePrivateParameters: true).D is not null) return new(key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or CryptographicException)
        {
        }

        key.Dispose();
        throw new SigningKeyException(
            $"signing key {path}: no readable PEM file with a private key of the curve P-256; make one with "
            + "'openssl ecparam -name prime256v1 -genkey -noout -out FILE'");
    }

    /// <summary>The signature of a manifest.</summary>
    public byte[] Sign(ReadOnlySpan<byte> manifest) => BundleSignature.Sign(manifest, _key);

    public void Dispose() => _key.Dispose();
}
