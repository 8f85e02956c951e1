using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Access;

/// <summary>Who may ask, and how often.</summary>
internal static class ApiAccess
{
    /// <summary>Policies of the routes.</summary>
    public const string Device = "device", Operator = "operator";

    private const string Chosen = "Chosen";

    public static Refusal Forbidden { get; } = new(
        RefusalKind.KeyScope, "the key is one for devices; this needs one with the scope 'operator'");

    public static string NameOf(ApiScope scope) => scope == ApiScope.Operator ? Operator : Device;

    /// <param name="shown">Whether the caller showed anything.</param>
    public static Refusal RefusalOf(bool shown) => shown
        ? new(RefusalKind.KeyRefused, "the key or token is unknown, revoked or past its end")
        : new(RefusalKind.KeyMissing, "send the header 'Authorization: Bearer KEY'; make a key with 'tandem keys add'");

    public static void Add(IServiceCollection services, AccessOptions options)
    {
        var authentication = services.AddAuthentication(Chosen)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, _ => { })
            .AddPolicyScheme(Chosen, null, scheme => scheme.ForwardDefaultSelector = context =>
                options.Tokens is not null && ApiKeyHandler.Shown(context.Request) is { } shown
                    && !shown.StartsWith(ApiKeys.Prefix, StringComparison.Ordinal)
                    ? JwtBearerDefaults.AuthenticationScheme
                    : ApiKeyHandler.SchemeName);
        if (options.Tokens is { } tokens) authentication.AddJwtBearer(bearer => Configure(bearer, tokens));
        services.AddAuthorizationBuilder()
            .AddPolicy(Device, policy => policy.RequireClaim(ApiClaims.Scope, Device, Operator).RequireAssertion(HasApp))
            .AddPolicy(Operator, policy => policy.RequireClaim(ApiClaims.Scope, Operator).RequireAssertion(HasApp));
        services.AddRateLimiter(limiter => Configure(limiter, options.Rates));
    }

    /// <summary>Whether the caller belongs to an app by a name that stores keep: tokens bring names from elsewhere.</summary>
    private static bool HasApp(AuthorizationHandlerContext context) =>
        EventCheck.Fault(context.User.FindFirstValue(ApiClaims.App), DeviceId.LongestApp) is null;

    private static void Configure(JwtBearerOptions bearer, TokenOptions tokens)
    {
        bearer.Authority = tokens.Authority;
        bearer.Audience = tokens.Audience;
        bearer.MapInboundClaims = false;
        bearer.TokenValidationParameters = new()
        {
            ValidAudience = tokens.Audience,
            ValidIssuer = tokens.Issuer ?? tokens.Authority,
            IssuerSigningKey = tokens.PublicKey is null ? null : tokens.ReadPublicKey(),
            RequireSignedTokens = true,
            RequireExpirationTime = true,
        };
        bearer.Events = new()
        {
            OnChallenge = context =>
            {
                context.HandleResponse();
                return RefusalOf(shown: true).ExecuteAsync(context.HttpContext);
            },
            OnForbidden = context => Forbidden.ExecuteAsync(context.HttpContext),
        };
    }

    private static void Configure(RateLimiterOptions limiter, RateOptions rates)
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            Limit(context => context.User.FindFirstValue(ApiClaims.Caller) ?? "", rates.KeyPerSecond, rates.KeyBurst),
            Limit(DeviceOf, rates.DevicePerSecond, rates.DeviceBurst));
        limiter.OnRejected = (context, _) => new(new Refusal(
            RefusalKind.TooMany, "more requests than this device or key may make",
            context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1))
            .ExecuteAsync(context.HttpContext));
    }

    private static object? DeviceOf(HttpContext context) => DeviceHeader.TryRead(context, out var device, out _) ? device : null;

    /// <param name="partition">Who shares a bucket; null for nobody, without a limit.</param>
    /// <param name="perSecond">Tokens that flow in.</param>
    /// <param name="burst">Tokens that there are at most.</param>
    private static PartitionedRateLimiter<HttpContext> Limit(Func<HttpContext, object?> partition, int perSecond, int burst) =>
        PartitionedRateLimiter.Create<HttpContext, object>(context => partition(context) is { } name
            ? RateLimitPartition.GetTokenBucketLimiter(name, _ => new()
            {
                TokenLimit = burst,
                TokensPerPeriod = perSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            })
            : RateLimitPartition.GetNoLimiter<object>(""));
}
