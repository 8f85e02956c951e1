namespace Tandem.Learning.Backbones;

/// <summary>
/// Every kind of backbone that recipes can name. Those of this library are there from the start; a program registers its own before it
/// reads or writes settings of it. Safe for many threads.
/// </summary>
public static class BackboneKinds
{
    private static readonly Lock _lock = new();

    private static volatile BackboneKind[] _all = [SasRecKind.Kind, Gru4RecKind.Kind, HstuKind.Kind, TttKind.Kind];

    /// <summary>Every kind, in the order of registration. A list that is never changed: a registration makes a new one.</summary>
    public static IReadOnlyList<BackboneKind> All => _all;

    /// <summary>Lets recipes name a kind. The same object again is no fault, so that several parts of a program may ask for it.</summary>
    /// <param name="kind">Keep it in a static member.</param>
    /// <exception cref="ArgumentException">
    /// Another kind has the name or the type of settings, or the shape's JSON cannot be used.
    /// </exception>
    public static void Register(BackboneKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        lock (_lock)
        {
            if (_all.Contains(kind)) return;
            if (_all.FirstOrDefault(known => known.Name == kind.Name || known.Defaults.GetType() == kind.Defaults.GetType()) is { } other)
            {
                throw new ArgumentException(
                    $"'{kind.Name}' has settings of {kind.Defaults.GetType().Name}, and "
                    + $"'{other.Name}' has {other.Defaults.GetType().Name}; "
                    + "give each kind a name and a type of settings of its own", nameof(kind));
            }

            kind.RegisterShape();
            _all = [.. _all, kind];
        }
    }

    /// <summary>The kind of a name, or null.</summary>
    /// <param name="name">As in recipes.</param>
    public static BackboneKind? Find(string name) => _all.FirstOrDefault(kind => kind.Name == name);

    /// <summary>Such as <c>sasrec, gru4rec, hstu</c>, for messages.</summary>
    /// <param name="wanted">Which kinds.</param>
    internal static string Names(Func<BackboneKind, bool> wanted) => string.Join(", ", _all.Where(wanted).Select(kind => kind.Name));
}
