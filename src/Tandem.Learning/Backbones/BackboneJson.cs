using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tandem.Learning.Backbones;

/// <summary>
/// JSON in which the settings of every registered backbone are written and read, <c>kind</c> first. Options of .NET's are fixed once they
/// were used, so a registration makes new ones: ask again each time.
/// </summary>
/// <param name="basis">All else about the JSON; not changed.</param>
public sealed class BackboneJson(JsonSerializerOptions basis)
{
    private volatile Cached? _cached;

    /// <summary>With the kinds that are registered now.</summary>
    public JsonSerializerOptions Options
    {
        get
        {
            var kinds = BackboneKinds.All;
            var cached = _cached;
            if (cached?.Kinds != kinds) _cached = cached = new(kinds, With(kinds));
            return cached.Options;
        }
    }

    private JsonSerializerOptions With(IReadOnlyList<BackboneKind> kinds) => new(basis)
    {
        TypeInfoResolver = (basis.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(info =>
        {
            if (info.Type != typeof(BackboneOptions)) return;
            foreach (var kind in kinds) info.PolymorphismOptions!.DerivedTypes.Add(new(kind.Defaults.GetType(), kind.Name));
        }),
    };

    private sealed record Cached(IReadOnlyList<BackboneKind> Kinds, JsonSerializerOptions Options);
}
