using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Tandem.Cloud.Requests;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Cloud.Tests.Bundles;

public class BundleTests(TrainedRuns runs)
{
    [Fact]
    public async Task A_device_gets_the_whole_bundle_and_not_twice()
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        using var newest = await service.GetAsync("v1/bundles/default");
        var version = newest.Headers.GetValues("Tandem-Version").Single();
        var manifest = await newest.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var files = new Dictionary<string, byte[]>();
        foreach (var file in Bundle.Open(Path.Combine(runs.Counted, "bundle")).Manifest.Files)
        {
            var address = new Uri($"v1/bundles/default/{version}/{file.Name}", UriKind.Relative);
            files[file.Name] = await service.Client.GetByteArrayAsync(address, TestContext.Current.CancellationToken);
        }

        Assert.True(new BundleAnswer { Version = version, Manifest = manifest, Files = files }.TryOpen(out _, out var fault), fault);

        using var asked = new HttpRequestMessage(HttpMethod.Get, "v1/bundles/default");
        asked.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{version}\""));
        using var known = await service.SendAsync(asked, device: null, key: null);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Theory]
    [InlineData("v1/bundles/none")]
    [InlineData("v1/bundles/default/none")]
    [InlineData("v1/bundles/default/VERSION/run.json")]
    [InlineData("v1/bundles/default/VERSION/manifest.json")]
    [InlineData("v1/bundles/default/VERSION/..%2Frun.json")]
    [InlineData("v1/bundles/default/VERSION/%2e%2e%2frecipe.json")]
    public async Task Nothing_else_is_given(string path)
    {
        await using var service = await RunningService.StartAsync(runs.Counted);
        var version = Bundle.Open(Path.Combine(runs.Counted, "bundle")).Manifest.Version;
        await service.GetAsync(path.Replace("VERSION", version, StringComparison.Ordinal)).RefusedAsync(RefusalKind.UnknownBundle);
    }

    [Fact]
    public async Task A_manifest_is_signed_where_there_is_a_key()
    {
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var service = await RunningService.StartAsync(
            runs.Counted, options => options with { SigningKey = folder.Write("key.pem", key.ExportECPrivateKeyPem()) });
        using var newest = await service.GetAsync("v1/bundles/default");
        var manifest = await newest.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var signature = Convert.FromBase64String(newest.Headers.GetValues("Tandem-Signature").Single());
        Assert.True(key.VerifyData(manifest, signature, HashAlgorithmName.SHA256));
        manifest[10] ^= 1;
        Assert.False(key.VerifyData(manifest, signature, HashAlgorithmName.SHA256));
    }
}
