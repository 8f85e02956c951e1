using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Tandem.Cloud.Models;
using Tandem.Cloud.Requests;

namespace Tandem.Cloud.Bundles;

/// <summary>
/// <c>GET /v1/bundles/NAME[/VERSION]</c>: the manifest of the newest or of a version, and its files below it. A version never changes, so
/// whatever lies between may keep it.
/// </summary>
/// <param name="models">That are served; a version is at hand while it serves, and as the one before.</param>
internal sealed class BundleEndpoints(ModelRegistry models)
{
    private const string VersionHeader = "Tandem-Version";
    private const string SignatureHeader = "Tandem-Signature";
    private const string Immutable = "private, max-age=31536000, immutable";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/bundles/{name}", (HttpContext context, string name, BundleEndpoints endpoints) =>
                endpoints.Manifest(context, name, version: null))
            .WithName("bundle").WithSummary("The manifest of the newest bundle of a model.").Produces(StatusCodes.Status200OK);
        routes.MapGet("/v1/bundles/{name}/{version}", (HttpContext context, string name, string version, BundleEndpoints endpoints) =>
                endpoints.Manifest(context, name, version))
            .WithName("bundleVersion").WithSummary("The manifest of a version.").Produces(StatusCodes.Status200OK);
        routes.MapGet("/v1/bundles/{name}/{version}/{file}", (string name, string version, string file, BundleEndpoints endpoints) =>
                endpoints.File(name, version, file))
            .WithName("bundleFile").WithSummary("A file of a bundle.").Produces(StatusCodes.Status200OK);
    }

    private IResult Manifest(HttpContext context, string name, string? version)
    {
        if (models.BundleOf(name, version) is not { } files) return Unknown();
        var headers = context.Response.Headers;
        headers[VersionHeader] = files.Version;
        if (files.Signature is { } signature) headers[SignatureHeader] = Convert.ToBase64String(signature);
        headers.CacheControl = version is null ? "private, no-cache" : Immutable;
        return Results.Bytes(files.Manifest, "application/json", entityTag: TagOf(files));
    }

    private IResult File(string name, string version, string file)
    {
        if (models.BundleOf(name, version) is not { } files || files.PathOf(file) is not { } path) return Unknown();
        return Results.File(path, "application/octet-stream", enableRangeProcessing: true, entityTag: TagOf(files));
    }

    private static EntityTagHeaderValue TagOf(BundleFiles files) => new($"\"{files.Version}\"");

    private static Refusal Unknown() => new(
        RefusalKind.UnknownBundle, "no bundle of this name, version or file is at hand; GET /v1/models lists what is served");
}
