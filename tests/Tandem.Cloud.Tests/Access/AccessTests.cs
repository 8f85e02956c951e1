using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Tandem.Cloud.Access;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;
using Tandem.Protocol.Messages;
using Tandem.Tests;

namespace Tandem.Cloud.Tests.Access;

public class AccessTests(TrainedRuns runs)
{
    [Fact]
    public async Task Without_a_key_nothing_is_answered_but_health()
    {
        await using var service = await ClosedAsync();
        await service.PostAsync("v1/candidates", Request()).RefusedAsync(RefusalKind.KeyMissing);
        await service.PostAsync("v1/candidates", Request(), key: "tandem_wrong").RefusedAsync(RefusalKind.KeyRefused);
        await service.PostAsync("v1/candidates", Request(), key: "else").RefusedAsync(RefusalKind.KeyRefused);
        await service.GetAsync("v1/bundles/default").RefusedAsync(RefusalKind.KeyMissing);
        Assert.Equal(
            "ready", await service.Client.GetStringAsync(new Uri("health/ready", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_key_opens_what_its_scope_allows_until_its_end()
    {
        await using var service = await ClosedAsync();
        var (device, _) = await service.Keys.MakeAsync("shop", ApiScope.Device, cancel: TestContext.Current.CancellationToken);
        var (past, _) = await service.Keys.MakeAsync("shop", ApiScope.Device, TimeSpan.FromDays(-1), TestContext.Current.CancellationToken);
        var (operating, _) = await service.Keys.MakeAsync("shop", ApiScope.Operator, cancel: TestContext.Current.CancellationToken);
        await service.PostAsync("v1/candidates", Request(), key: device).JsonAsync();
        await service.PostAsync("v1/candidates", Request(), key: past).RefusedAsync(RefusalKind.KeyRefused);
        await service.GetAsync("v1/models", device).RefusedAsync(RefusalKind.KeyScope);
        Assert.Equal(1, (await service.GetAsync("v1/models", operating).JsonAsync()).GetArrayLength());
        Assert.DoesNotContain(
            await service.Store.Keys.ListAsync(TestContext.Current.CancellationToken), kept => Convert.ToHexString(kept.Hash).Contains(
                device, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Devices_of_two_apps_are_never_the_same_and_a_user_can_be_erased()
    {
        await using var service = await ClosedAsync();
        var (first, _) = await service.Keys.MakeAsync("first", ApiScope.Operator, cancel: TestContext.Current.CancellationToken);
        var (second, _) = await service.Keys.MakeAsync("second", ApiScope.Operator, cancel: TestContext.Current.CancellationToken);
        foreach (var key in (string[])[first, second])
            Assert.Equal(1, (await service.PostAsync("v1/events", Batch(), key: key).JsonAsync()).GetProperty("added").GetInt32());

        await EraseAsync("second", first).RefusedAsync(RefusalKind.KeyScope);
        Assert.Equal(1, (await EraseAsync("first", first).JsonAsync()).GetProperty("events").GetInt64());
        Assert.Empty(await service.Store.Events.RecentAsync(new("first", "device"), 10, TestContext.Current.CancellationToken));
        Assert.Single(await service.Store.Events.RecentAsync(new("second", "device"), 10, TestContext.Current.CancellationToken));

        async Task<HttpResponseMessage> EraseAsync(string app, string key)
        {
            using var message = new HttpRequestMessage(HttpMethod.Delete, $"v1/apps/{app}/devices/device");
            return await service.SendAsync(message, device: null, key);
        }
    }

    [Fact]
    public async Task A_slash_in_a_name_does_not_make_two_devices_one()
    {
        await using var service = await ClosedAsync();
        var (first, _) = await service.Keys.MakeAsync("a/b", ApiScope.Device, cancel: TestContext.Current.CancellationToken);
        var (second, _) = await service.Keys.MakeAsync("a", ApiScope.Device, cancel: TestContext.Current.CancellationToken);
        await service.PostAsync("v1/events", Batch(), device: "c", key: first).JsonAsync();
        Assert.Equal(1, await LengthAsync("c", first));
        Assert.Equal(0, await LengthAsync("b/c", second));

        async Task<int> LengthAsync(string device, string key) =>
            (await service.PostAsync("v1/candidates", new { Count = 5 }, device, key).JsonAsync()).GetProperty("historyLength").GetInt32();
    }

    [Fact]
    public async Task A_name_that_cannot_be_kept_is_refused_to_operators_and_tokens_too()
    {
        using var folder = new TemporaryFolder();
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var service = await ClosedAsync(new()
        {
            PublicKey = folder.Write("key.pem", signing.ExportSubjectPublicKeyInfoPem()),
            Issuer = "provider",
            Audience = "tandem",
        });
        var (key, _) = await service.Keys.MakeAsync("shop", ApiScope.Operator, cancel: TestContext.Current.CancellationToken);
        foreach (var id in (string[])["%00", new string('x', 129)])
        {
            using var message = new HttpRequestMessage(HttpMethod.Delete, $"v1/apps/shop/devices/{id}");
            using var answer = await service.SendAsync(message, device: null, key);
            Assert.InRange((int)answer.StatusCode, 400, 499);
        }

        var token = Token(signing, "tandem", TimeSpan.FromHours(1), app: new string('x', 65));
        await service.PostAsync("v1/candidates", Request(), key: token).RefusedAsync(RefusalKind.KeyScope);
    }

    [Fact]
    public void A_file_that_holds_no_key_is_told_at_the_start()
    {
        using var folder = new TemporaryFolder();
        var options = new TokenOptions { PublicKey = folder.Write("key.pem", "no key"), Issuer = "provider", Audience = "tandem" };
        Assert.Contains("no readable PEM file", Assert.Single(options.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_accepted_by_signature_audience_and_end()
    {
        using var folder = new TemporaryFolder();
        using var signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var tokens = new TokenOptions
        {
            PublicKey = folder.Write("key.pem", signing.ExportSubjectPublicKeyInfoPem()),
            Issuer = "provider",
            Audience = "tandem",
        };
        await using var service = await ClosedAsync(tokens);
        await service.PostAsync("v1/candidates", Request(), key: Token(signing, "tandem", TimeSpan.FromHours(1))).JsonAsync();
        await service.PostAsync("v1/candidates", Request(), key: Token(other, "tandem", TimeSpan.FromHours(1))).RefusedAsync(
            RefusalKind.KeyRefused);
        await service.PostAsync("v1/candidates", Request(), key: Token(signing, "else", TimeSpan.FromHours(1))).RefusedAsync(
            RefusalKind.KeyRefused);
        await service.PostAsync("v1/candidates", Request(), key: Token(signing, "tandem", TimeSpan.FromHours(-1))).RefusedAsync(
            RefusalKind.KeyRefused);
        await service.GetAsync("v1/models", Token(signing, "tandem", TimeSpan.FromHours(1))).RefusedAsync(RefusalKind.KeyScope);
    }

    [Fact]
    public async Task A_device_that_asks_too_often_is_told_when_to_ask_again()
    {
        await using var service = await RunningService.StartAsync(
            runs.Counted,
            options => options with { Access = new() { AllowAnonymous = true, Rates = new() { DevicePerSecond = 1, DeviceBurst = 2 } } });
        for (var i = 0; i < 2; i++) await service.PostAsync("v1/candidates", Request(), device: "busy").JsonAsync();
        await service.PostAsync("v1/candidates", Request(), device: "busy").RefusedAsync(RefusalKind.TooMany);
        await service.PostAsync("v1/candidates", Request(), device: "another").JsonAsync();
    }

    [Fact]
    public async Task Logs_hold_neither_histories_nor_devices_nor_keys()
    {
        await using var service = await ClosedAsync();
        var (key, _) = await service.Keys.MakeAsync("shop", ApiScope.Device, cancel: TestContext.Current.CancellationToken);
        service.Log.Lines.Clear(); // what it says at its start is not about users
        await service.PostAsync("v1/candidates", Request(), device: "secret-device", key: key).JsonAsync();
        await service.PostAsync("v1/events", Batch(), device: "secret-device", key: key).JsonAsync();
        await service.PostAsync("v1/candidates", Request() with { History = [59, 999] }, device: "secret-device", key: key)
            .RefusedAsync(RefusalKind.FieldInvalid);
        await service.GetAsync("v1/models", key).RefusedAsync(RefusalKind.KeyScope);
        Assert.NotEmpty(service.Log.Lines); // the last one is told
        Assert.All(service.Log.Lines, line =>
        {
            Assert.DoesNotContain("secret-device", line, StringComparison.Ordinal);
            Assert.DoesNotContain(key, line, StringComparison.Ordinal);
            Assert.DoesNotContain("59", line, StringComparison.Ordinal);
        });
    }

    private Task<RunningService> ClosedAsync(TokenOptions? tokens = null) => RunningService.StartAsync(
        runs.Counted, options => options with { Access = new() { Tokens = tokens } });

    private CandidateRequest Request() => new() { CatalogVersion = runs.Dataset.Catalog.Version, History = [3, 1, 4], Count = 5 };

    private EventBatch Batch() => new()
    {
        CatalogVersion = runs.Dataset.Catalog.Version,
        Events = [new() { Id = "one", Item = 7, Time = 1 }],
    };

    private static string Token(ECDsa key, string audience, TimeSpan validFor, string app = "shop")
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "provider",
            Audience = audience,
            NotBefore = now.AddDays(-1),
            Expires = now + validFor,
            Subject = new ClaimsIdentity([new("sub", "someone"), new("app", app), new("scope", "device")]),
            SigningCredentials = new(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
        });
    }
}
