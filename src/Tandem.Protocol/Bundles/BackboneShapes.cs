using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tandem.Protocol.Bundles;

/// <summary>
/// Every kind of backbone that a manifest may name. Those of this library are there from the start; a program adds its own before it writes
/// or opens a bundle of it. Safe for many threads.
/// </summary>
public static class BackboneShapes
{
    private static readonly Lock _lock = new();

    private static volatile Registry _registry = new(
    [
        new(DinShape.KindName, typeof(DinShape), BundleJson.Default),
        new(Gru4RecShape.KindName, typeof(Gru4RecShape), BundleJson.Default),
        new(HstuShape.KindName, typeof(HstuShape), BundleJson.Default),
        new(SasRecShape.KindName, typeof(SasRecShape), BundleJson.Default),
        new(TttShape.KindName, typeof(TttShape), BundleJson.Default),
    ]);

    /// <summary>Every kind that this program knows, in ordinal order.</summary>
    public static IReadOnlyList<string> Kinds => _registry.Kinds;

    /// <summary>JSON of manifests with every kind.</summary>
    internal static JsonTypeInfo<BundleManifest> Manifest => _registry.Manifest;

    /// <summary>Lets manifests name a kind. Its members are written in camel case and read as strictly as those of this library.</summary>
    /// <typeparam name="TShape">A sealed record with a public constructor without parameters.</typeparam>
    /// <param name="kind">As in JSON, and what the shape's <see cref="BackboneShape.Kind"/> says.</param>
    /// <param name="json">
    /// From a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> of the program, so that nothing needs reflection.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The name is empty or that of another shape, the shape has another name, or its JSON cannot be used. The same pair again is no fault.
    /// </exception>
    public static void Register<TShape>(string kind, JsonTypeInfo<TShape> json) where TShape : BackboneShape
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        ArgumentNullException.ThrowIfNull(json);
        var resolver = json.OriginatingResolver
            ?? throw new ArgumentException("the JSON comes from no context; give a property of a JsonSerializerContext", nameof(json));
        lock (_lock)
        {
            var known = _registry.Entries.FirstOrDefault(entry => entry.Kind == kind || entry.Shape == typeof(TShape));
            if (known is null)
            {
                _registry = WithEntry(new(kind, typeof(TShape), resolver));
            }
            else if (known.Kind != kind || known.Shape != typeof(TShape))
            {
                throw new ArgumentException(
                    $"'{kind}' is to be {typeof(TShape)}, but '{known.Kind}' is {known.Shape}; give each shape one name of its own",
                    nameof(kind));
            }
        }
    }

    /// <summary>True where manifests can hold the shape.</summary>
    internal static bool Knows(BackboneShape shape) =>
        _registry.Entries.Any(entry => entry.Kind == shape.Kind && entry.Shape == shape.GetType());

    private static Registry WithEntry(Entry entry)
    {
        try
        {
            return new([.. _registry.Entries, entry]);
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException)
        {
            throw new ArgumentException($"'{entry.Kind}': JSON of {entry.Shape} cannot be used: {e.Message}", e);
        }
    }

    private sealed record Entry(string Kind, Type Shape, IJsonTypeInfoResolver Resolver);

    /// <summary>A set of kinds, never changed.</summary>
    private sealed class Registry
    {
        public Registry(Entry[] entries)
        {
            Entries = entries;
            Kinds = [.. entries.Select(entry => entry.Kind).Order(StringComparer.Ordinal)];
            var options = new JsonSerializerOptions(BundleJson.Default.Options)
            {
                TypeInfoResolver = JsonTypeInfoResolver.Combine([.. entries.Select(entry => entry.Resolver).Distinct()])
                    .WithAddedModifier(AddKinds),
            };
            options.MakeReadOnly();
            foreach (var entry in entries) options.GetTypeInfo(entry.Shape); // throws where a member has no JSON
            Manifest = (JsonTypeInfo<BundleManifest>)options.GetTypeInfo(typeof(BundleManifest));
        }

        public Entry[] Entries { get; }

        public string[] Kinds { get; }

        public JsonTypeInfo<BundleManifest> Manifest { get; }

        private void AddKinds(JsonTypeInfo info)
        {
            if (info.Type != typeof(BackboneShape)) return;
            foreach (var entry in Entries) info.PolymorphismOptions!.DerivedTypes.Add(new(entry.Shape, entry.Kind));
        }
    }
}
