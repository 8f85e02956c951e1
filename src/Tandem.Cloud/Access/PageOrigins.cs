using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Tandem.Cloud.Requests;

namespace Tandem.Cloud.Access;

/// <summary>Lets pages of named origins ask the service from a browser (CORS). No cookies: a page shows a key as any device does.</summary>
internal static class PageOrigins
{
    private static readonly TimeSpan _kept = TimeSpan.FromMinutes(10); // of a leave, which an origin that is taken away may use

    /// <summary>What devices send and what they read, beyond what any page may.</summary>
    private static readonly string[] _sent =
        [HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.IfNoneMatch, DeviceHeader.Name, RequestDeadline.Header];

    private static readonly string[] _read = [HeaderNames.RetryAfter, HeaderNames.ETag, "Tandem-Version", "Tandem-Signature"];

    /// <summary>Why an origin cannot be one, or null.</summary>
    public static string? FaultOf(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            && string.Equals(address.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase)
                ? null
                : $"'{origin}' is no origin; expected scheme, host and port alone, such as https://shop.example";

    public static void Add(IServiceCollection services, IReadOnlyList<string> origins)
    {
        if (origins.Count > 0) services.AddCors(cors => cors.AddDefaultPolicy(policy => Allow(policy, origins)));
    }

    public static void Use(IApplicationBuilder app, IReadOnlyList<string> origins)
    {
        if (origins.Count > 0) app.UseCors();
    }

    private static void Allow(CorsPolicyBuilder policy, IReadOnlyList<string> origins) => policy
        .WithOrigins([.. origins]).WithMethods("GET", "POST").WithHeaders(_sent).WithExposedHeaders(_read).SetPreflightMaxAge(_kept);
}
