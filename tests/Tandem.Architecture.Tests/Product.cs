using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tandem.Architecture.Tests;

/// <summary>The compiled product: what is read here is what the compiler wrote, not what a project file says.</summary>
internal static class Product
{
    public const string CommandLine = "tandem";

    /// <summary>The device runtime for C.</summary>
    public const string NativeLibrary = "libtandem";

    /// <summary>The device runtime as services of an app; no program of ours uses it.</summary>
    public const string Services = "Tandem.Device.DependencyInjection";

    /// <summary>Every library with the Tandem libraries that it may use.</summary>
    public static IReadOnlyDictionary<string, string[]> Arrows { get; } = new SortedDictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Tandem.Protocol"] = [],
        ["Tandem.Data"] = [],
        ["Tandem.Device"] = ["Tandem.Protocol"],
        [Services] = ["Tandem.Device"],
        ["Tandem.Learning"] = ["Tandem.Data", "Tandem.Protocol"],
        ["Tandem.Encoders"] = ["Tandem.Learning"],
        ["Tandem.Chat"] = ["Tandem.Data", "Tandem.Learning", "Tandem.Protocol"],
        ["Tandem.Reports"] = ["Tandem.Learning"],
        ["Tandem.Cloud"] = ["Tandem.Data", "Tandem.Learning", "Tandem.Protocol"],
        ["Tandem.Simulation"] = ["Tandem.Data", "Tandem.Device", "Tandem.Learning", "Tandem.Protocol", "Tandem.Reports"],
    };

    public static IEnumerable<string> Libraries => Arrows.Keys;

    /// <summary>The folder of the sources.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Which namespace of it all uses which.</summary>
    public static NamespaceGraph Namespaces { get; } = new([.. Arrows.Keys, CommandLine, NativeLibrary]);

    /// <summary>Names of the assemblies that an assembly's code uses, in ordinal order.</summary>
    public static string[] References(string assembly) =>
        [.. Assembly.Load(assembly).GetReferencedAssemblies().Select(a => a.Name!).Order(StringComparer.Ordinal)];

    /// <summary>Types that a person wrote, nested ones included.</summary>
    public static IEnumerable<Type> Types(string assembly) =>
        Assembly.Load(assembly).GetTypes().Where(type => !IsGenerated(type));

    /// <summary>A type's own name, without namespace and number of type parameters.</summary>
    public static string BareName(Type type) => type.Name.Split('`')[0];

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tandem.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside of the repository");
    }

    private static bool IsGenerated(Type type) =>
        type.Name.Contains('<', StringComparison.Ordinal)
        || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || (type.DeclaringType is { } outer && IsGenerated(outer));
}
