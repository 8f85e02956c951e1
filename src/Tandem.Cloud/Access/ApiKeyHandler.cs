using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Access;

/// <summary>Knows callers by <c>Authorization: Bearer KEY</c>.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys, AccessOptions access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    private const string Bearer = "Bearer ";

    /// <summary>What a caller shows, without the scheme's name; null where it shows nothing.</summary>
    public static string? Shown(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header[Bearer.Length..].Trim()
            : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Shown(Request) is not { Length: > 0 } key)
            return access.AllowAnonymous ? Accept("", DeviceHeader.OpenApp, ApiScope.Device) : AuthenticateResult.NoResult();
        return await keys.FindAsync(key, Context.RequestAborted).ConfigureAwait(false) is { } known
            ? Accept(known.Id, known.App, known.Scope)
            : AuthenticateResult.Fail("the key is unknown, revoked or past its end");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        ApiAccess.RefusalOf(Shown(Request) is { Length: > 0 }).ExecuteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => ApiAccess.Forbidden.ExecuteAsync(Context);

    private static AuthenticateResult Accept(string caller, string app, ApiScope scope)
    {
        var identity = new ClaimsIdentity(
            [new(ApiClaims.Caller, caller), new(ApiClaims.App, app), new(ApiClaims.Scope, ApiAccess.NameOf(scope))], SchemeName);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName));
    }
}
