using System.Security.Cryptography;

namespace Tandem.Cloud.Models;

/// <summary>
/// Signs manifests with ECDSA P-256 and SHA-256, as IEEE P1363 writes it (64 bytes). A manifest holds the hashes of its files, so it stands
/// for the whole bundle.
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

    /// <summary>[64] the signature of some bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> bytes) => _key.SignData(bytes, HashAlgorithmName.SHA256);

    public void Dispose() => _key.Dispose();
}
