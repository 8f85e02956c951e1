using Mono.Cecil;

namespace Tandem.Architecture.Tests;

/// <summary>
/// Settings are checked where they are used, not "by the caller": a public method or constructor that takes settings with a
/// <c>Validate</c> asks it, or hands them over to something that does. Of the libraries that apps and services call; a simulation's parts
/// are called by its experiments, and what Protocol takes are messages, which their readers check.
/// </summary>
public class ValidationTests
{
    private const string Check = "Validate";

    public static TheoryData<string> Libraries => ["Tandem.Chat", "Tandem.Data", "Tandem.Device", Product.Services, "Tandem.Learning"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void What_takes_settings_checks_them_or_hands_them_over(string library)
    {
        using var module = Instructions.Read(library);
        var methods = Instructions.MethodsOf(module).ToArray();
        var checkedTypes = methods.Where(IsCheck).Select(method => method.DeclaringType.FullName).ToHashSet(StringComparer.Ordinal);
        var found = from method in methods
                    where method is { IsPublic: true, HasBody: true, IsSetter: false } && IsVisible(method.DeclaringType)
                        && !checkedTypes.Contains(method.DeclaringType.FullName)
                    from parameter in method.Parameters
                    let settings = parameter.ParameterType.FullName
                    where checkedTypes.Contains(settings) && !Reaches(method, settings)
                    select $"{method.DeclaringType.Name}.{method.Name} takes {parameter.ParameterType.Name} and never asks {Check}";
        Assert.Empty(found.Distinct());
    }

    private static bool IsCheck(MethodDefinition method) =>
        method is { Name: Check, IsStatic: false, Parameters.Count: 0 } && method.ReturnType.FullName != "System.Void";

    private static bool IsVisible(TypeDefinition type) => type.IsPublic || (type.IsNestedPublic && IsVisible(type.DeclaringType));

    /// <summary>Looked for in the method, in its local functions and lambdas, and in what the class keeps for later.</summary>
    private static bool Reaches(MethodDefinition method, string settings)
    {
        var own = method.DeclaringType;
        var nested = own.NestedTypes.Where(type => type.Name.Contains('<', StringComparison.Ordinal)).SelectMany(type => type.Methods);
        var bodies = method.IsConstructor ? own.Methods.Concat(nested) : nested.Prepend(method).Concat(own.Methods.Where(IsLocal));
        return bodies.SelectMany(Instructions.CalledBy).Any(called =>
            called.Name == Check || called.Parameters.Any(parameter => parameter.ParameterType.FullName == settings));

        bool IsLocal(MethodDefinition other) => other.Name.Contains('<', StringComparison.Ordinal);
    }
}
