using System.Security.Cryptography;
using Tandem.Device.Http;
using Tandem.Protocol.Bundles;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Device.Tests.Http;

/// <summary>Bundles over HTTP.</summary>
public sealed class HttpBundleTests : IDisposable
{
    private static readonly BundleRequest _newest = new() { Name = "small" };

    private readonly TemporaryFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _manifest;

    public HttpBundleTests()
    {
        SmallBundle.Write(_folder["bundle"], seed: 3, keys: [.. Enumerable.Range(1, SmallBundle.Items).Select(item => $"key{item}")]);
        _manifest = File.ReadAllBytes(Path.Combine(_folder["bundle"], "manifest.json"));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_bundle_comes_file_by_file_and_ranks()
    {
        await using var server = new RawServer(Serve);
        var answer = await AskAsync(server, _newest);
        Assert.True(answer.HasValue, answer.Fault?.ToString());
        Assert.True(answer.Value.TryOpen(out var bundle, out var fault), fault);
        Assert.True(DeviceModel.TryLoad(bundle, out var model, out fault), fault);
        Assert.Equal(7, model.Items.Find("key7"));
        Assert.Equal(
            ["/v1/bundles/small", "/v1/bundles/small/3/keys.safetensors", "/v1/bundles/small/3/model.safetensors"],
            server.Requests.Select(request => request.Path).Order(StringComparer.Ordinal));
        Assert.All(server.Requests, request => Assert.Equal("120000", request.Headers["Tandem-Deadline"]));
    }

    [Fact]
    public async Task What_the_device_has_is_not_sent_again()
    {
        await using var server = new RawServer(request =>
            request.Headers.GetValueOrDefault("If-None-Match") == "\"3\"" ? RawServer.Answer(304, null, []) : Serve(request));
        var answer = await AskAsync(server, _newest with { KnownVersion = "3" });
        Assert.True(answer.Value!.IsKnown);
        Assert.Equal("3", answer.Value.Version);
        Assert.False((await AskAsync(server, _newest with { KnownVersion = "2" })).Value!.IsKnown);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("größer \"3\"")]
    public async Task A_server_that_knows_no_conditions_costs_the_manifest_at_most(string known)
    {
        await using var server = new RawServer(Serve);
        var answer = await AskAsync(server, _newest with { KnownVersion = known });
        Assert.Equal(known == "3", answer.Value!.IsKnown);
        Assert.Equal(known == "3" ? 1 : 3, server.Requests.Count);
    }

    [Fact]
    public async Task A_bundle_that_is_not_there_is_not_found()
    {
        await using var server = new RawServer(_ => RawServer.Answer(404, null, []));
        Assert.Equal(CloudFaultKind.NotFound, (await AskAsync(server, _newest)).Fault!.Kind);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("right", true)]
    [InlineData("wrong", false)]
    [InlineData("of another manifest", false)]
    [InlineData("short", false)]
    [InlineData("no base64 !", false)]
    public async Task Where_a_key_is_set_a_bundle_has_to_be_signed_with_it(string? signature, bool isRight)
    {
        await using var server = new RawServer(request => Serve(request, HeaderOf(signature)));
        var answer = await AskAsync(server, _newest, options => options with
        {
            BundleKey = signature is null ? null : _key.ExportSubjectPublicKeyInfoPem(),
        });
        Assert.Equal(isRight, answer.HasValue);
        if (isRight) return;
        Assert.Equal(CloudFaultKind.Failed, answer.Fault!.Kind);
        Assert.Contains("ignature", answer.Fault.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests); // no file was asked for
    }

    [Fact]
    public async Task An_unsigned_bundle_is_refused_where_a_key_is_set()
    {
        await using var server = new RawServer(Serve);
        var answer = await AskAsync(
            server, _newest, options => options with { BundleKey = Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()) });
        Assert.Contains("not signed", answer.Fault!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public async Task A_file_is_as_long_as_the_manifest_says_or_refused(int change)
    {
        await using var server = new RawServer(request => request.Path.EndsWith("model.safetensors", StringComparison.Ordinal)
            ? RawServer.Answer(200, "application/octet-stream", new byte[FileOf("model.safetensors").Length + change])
            : Serve(request));
        var fault = (await AskAsync(server, _newest)).Fault!;
        Assert.Equal(CloudFaultKind.Failed, fault.Kind);
        Assert.Contains("model.safetensors", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_is_found_when_the_bundle_is_opened()
    {
        await using var server = new RawServer(request => request.Path.EndsWith("model.safetensors", StringComparison.Ordinal)
            ? RawServer.Answer(200, "application/octet-stream", new byte[FileOf("model.safetensors").Length])
            : Serve(request));
        Assert.False((await AskAsync(server, _newest)).Value!.TryOpen(out _, out var fault));
        Assert.Contains("SHA-256", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_beyond_the_limit_is_refused_by_its_manifest()
    {
        await using var server = new RawServer(Serve);
        var fault = (await AskAsync(server, _newest, options => options with { MostBundleBytes = 1_000 })).Fault!;
        Assert.Contains("expected at most 1000", fault.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("small", "4")]
    [InlineData("other", null)]
    public async Task Another_bundle_than_was_asked_for_is_refused(string name, string? version)
    {
        await using var server = new RawServer(Serve);
        Assert.Equal(CloudFaultKind.Failed, (await AskAsync(server, new() { Name = name, Version = version })).Fault!.Kind);
    }

    [Theory]
    [InlineData("a/../b", "/v1/bundles/a%2F..%2Fb")]
    [InlineData("a?b#c", "/v1/bundles/a%3Fb%23c")]
    public async Task A_name_stays_one_part_of_the_address(string name, string path)
    {
        await using var server = new RawServer(_ => RawServer.Answer(404, null, []));
        await AskAsync(server, new() { Name = name });
        Assert.Equal(path, Assert.Single(server.Requests).Path);
    }

    [Theory]
    [InlineData("..", null)]
    [InlineData("small", ".")]
    public async Task A_name_that_leads_elsewhere_is_not_sent(string name, string? version)
    {
        await using var server = new RawServer(Serve);
        Assert.Equal(CloudFaultKind.Refused, (await AskAsync(server, new() { Name = name, Version = version })).Fault!.Kind);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_answer_without_a_version_is_refused()
    {
        await using var server = new RawServer(_ => RawServer.Answer(200, "application/json", _manifest));
        Assert.Contains("Tandem-Version", (await AskAsync(server, _newest)).Fault!.Message, StringComparison.Ordinal);
    }

    private static async Task<CloudAnswer<BundleAnswer>> AskAsync(
        RawServer server, BundleRequest request, Func<HttpCloudOptions, HttpCloudOptions>? change = null)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        var options = new HttpCloudOptions { DeviceId = "phone-1" };
        return await new HttpCloud(client, change?.Invoke(options) ?? options).GetBundleAsync(request, Cancel);
    }

    private string HeaderOf(string? signature)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] bytes = signature switch
        {
            "right" => BundleSignature.Sign(_manifest, _key),
            "wrong" => BundleSignature.Sign(_manifest, other),
            "of another manifest" => BundleSignature.Sign([1, 2, 3], _key),
            "short" => new byte[63],
            _ => [],
        };
        return signature is null ? "X-None: 1" : $"Tandem-Signature: {(bytes.Length > 0 ? Convert.ToBase64String(bytes) : signature)}";
    }

    private byte[] Serve(RawRequest request) => Serve(request, "X-None: 1");

    private byte[] Serve(RawRequest request, string header)
    {
        var name = request.Path.Split('/')[^1];
        return name.EndsWith(".safetensors", StringComparison.Ordinal)
            ? RawServer.Answer(200, "application/octet-stream", FileOf(name))
            : RawServer.Answer(200, "application/json", _manifest, "Tandem-Version: 3", "ETag: \"3\"", header);
    }

    private byte[] FileOf(string name) => File.ReadAllBytes(Path.Combine(_folder["bundle"], name));
}
