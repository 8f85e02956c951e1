namespace Tandem.Cloud.Models;

/// <summary>A model that is served.</summary>
/// <param name="Name">Under which it is asked for.</param>
/// <param name="Version">Names its weights.</param>
/// <param name="Kind">Such as <c>sasrec</c>.</param>
/// <param name="CatalogVersion">By which its items are numbered.</param>
/// <param name="Items">How many.</param>
/// <param name="BundleVersion">Of what devices get of it; null where there is no such thing.</param>
/// <param name="Parameters">True where it makes weights for users.</param>
/// <param name="Waiting">Requests in its queue.</param>
public sealed record ModelStatus(
    string Name, string Version, string Kind, string CatalogVersion, int Items, string? BundleVersion, bool Parameters, int Waiting);
