using System.Security.Cryptography;
using Tandem.Protocol.Bundles;

namespace Tandem.Protocol.Tests.Bundles;

public sealed class BundleSignatureTests : IDisposable
{
    private static readonly byte[] _manifest = "{\"format\":3}"u8.ToArray();

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private string Pem => _key.ExportSubjectPublicKeyInfoPem();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void What_a_key_signs_its_public_part_verifies_as_PEM_and_as_base64()
    {
        var signature = BundleSignature.Sign(_manifest, _key);
        Assert.Equal(BundleSignature.SizeBytes, signature.Length);
        Assert.True(BundleSignature.TryVerify(_manifest, signature, Pem, out _));
        Assert.True(BundleSignature.TryVerify(
            _manifest, signature, Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()), out _));
    }

    [Fact]
    public void A_signature_of_openssl_is_verified()
    {
        // openssl ecparam -name prime256v1 -genkey; dgst -sha256 -sign; DER as r and s.
        const string Key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEV0DZ3M3SwZMqQbowaa5vEfI7"
            + "rD4u7uq5/FC+TS9RWgf00kHI8BSFC+YN8WVVxR7CP10O987WlSf+QRPNX0XWmg==";
        const string Signature = "Z33FzipCOuxMjOXoiCl64PlQKntmXQDHO+vlZQFuzmJ2pm6sWu+b37xRMNthAH+2c1baOBJRfbQOE5EaSixU6A==";
        Assert.True(BundleSignature.TryVerify(_manifest, Convert.FromBase64String(Signature), Key, out var fault), fault);
    }

    [Fact]
    public void A_changed_bit_of_either_is_found()
    {
        var signature = BundleSignature.Sign(_manifest, _key);
        for (var bit = 0; bit < 8 * signature.Length; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(BundleSignature.TryVerify(_manifest, signature, Pem, out _));
            signature[bit / 8] ^= (byte)(1 << bit % 8);
        }

        for (var bit = 0; bit < 8 * _manifest.Length; bit++)
        {
            var changed = (byte[])_manifest.Clone();
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(BundleSignature.TryVerify(changed, signature, Pem, out _));
        }
    }

    [Theory]
    [InlineData(0, "not signed")]
    [InlineData(63, "63 bytes")]
    [InlineData(72, "72 bytes")]
    public void A_signature_of_another_length_is_refused(int length, string expected)
    {
        Assert.False(BundleSignature.TryVerify(_manifest, new byte[length], Pem, out var fault));
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void A_text_that_is_no_key_is_refused(string key)
    {
        Assert.Contains("P-256", BundleSignature.FaultOfKey(key), StringComparison.Ordinal);
        Assert.False(BundleSignature.TryVerify(_manifest, new byte[64], key, out _));
    }

    [Fact]
    public void A_key_on_another_curve_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<ArgumentException>(() => BundleSignature.Sign(_manifest, other));
        Assert.Contains("P-256", BundleSignature.FaultOfKey(other.ExportSubjectPublicKeyInfoPem()), StringComparison.Ordinal);
        using var rsa = RSA.Create(2_048);
        Assert.NotNull(BundleSignature.FaultOfKey(rsa.ExportSubjectPublicKeyInfoPem()));
    }
}
