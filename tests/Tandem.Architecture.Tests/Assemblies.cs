using System.Reflection;

namespace Tandem.Architecture.Tests;

/// <summary>The compiled projects, and what they refer to.</summary>
internal static class Assemblies
{
    public static readonly string[] Libraries =
        ["Tandem.Protocol", "Tandem.Device", "Tandem.Data", "Tandem.Learning", "Tandem.Simulation"];

    public static Assembly Load(string name) => Assembly.Load(name);

    public static string[] ReferencesOf(string name) => [.. Load(name).GetReferencedAssemblies().Select(r => r.Name!)];

    /// <summary>Types that a person wrote: no closures, iterators or generated serialisers.</summary>
    public static IEnumerable<Type> TypesOf(string name) =>
        Load(name).GetTypes().Where(type => !type.FullName!.Contains('<', StringComparison.Ordinal));
}
