using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Tandem.Architecture.Tests;

/// <summary>What the compiled methods of an assembly do.</summary>
internal static class Instructions
{
    public static ModuleDefinition Read(string assembly) =>
        ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));

    /// <summary>Methods of all types, nested ones included.</summary>
    public static IEnumerable<MethodDefinition> MethodsOf(ModuleDefinition module) =>
        module.Types.SelectMany(Nested).SelectMany(type => type.Methods);

    /// <summary>Those that a method calls or makes.</summary>
    public static IEnumerable<MethodReference> CalledBy(MethodDefinition method) => !method.HasBody
        ? []
        : method.Body.Instructions.Where(i => i.OpCode.OperandType == OperandType.InlineMethod)
            .Select(i => i.Operand is GenericInstanceMethod generic ? generic.ElementMethod : (MethodReference)i.Operand);

    private static IEnumerable<TypeDefinition> Nested(TypeDefinition type) => type.NestedTypes.SelectMany(Nested).Prepend(type);
}
