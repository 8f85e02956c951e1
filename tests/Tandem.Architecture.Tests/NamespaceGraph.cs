using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Tandem.Architecture.Tests;

/// <summary>
/// Which namespace of the product uses which, read from the compiled code: bases, members, bodies and attributes. A constant that the
/// compiler copied and a name in a comment leave no trace.
/// </summary>
internal sealed class NamespaceGraph
{
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _uses = new(StringComparer.Ordinal);

    /// <param name="assemblies">Names without extension.</param>
    public NamespaceGraph(IEnumerable<string> assemblies)
    {
        foreach (var assembly in assemblies)
        {
            using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));
            foreach (var type in module.Types.SelectMany(Nested)) Add(type);
        }
    }

    /// <summary>Every namespace with types of its own.</summary>
    public IEnumerable<string> Namespaces => _uses.Keys;

    /// <summary>The product's namespaces that one uses beside itself, each with an example.</summary>
    public IReadOnlyDictionary<string, string> UsesOf(string space) => _uses[space];

    /// <summary>A way from a namespace through others back to it, the shortest; empty where there is none.</summary>
    public IReadOnlyList<string> Circle(string space)
    {
        var (cameFrom, next) = (new Dictionary<string, string>(), new Queue<string>([space]));
        while (next.TryDequeue(out var at))
        {
            foreach (var used in _uses[at].Keys.Where(_uses.ContainsKey))
            {
                if (used == space) return [.. Way(at)];
                if (cameFrom.TryAdd(used, at)) next.Enqueue(used);
            }
        }

        return [];

        IEnumerable<string> Way(string last)
        {
            var way = new List<string> { last };
            while (way[^1] != space) way.Add(cameFrom[way[^1]]);
            way.Reverse();
            return way.Zip([.. way.Skip(1), space], (from, to) => $"{from} → {to} ({_uses[from][to]})");
        }
    }

    private static IEnumerable<TypeDefinition> Nested(TypeDefinition type) => type.NestedTypes.SelectMany(Nested).Prepend(type);

    private void Add(TypeDefinition type)
    {
        var from = Space(type);
        if (!IsProduct(from)) return;
        var uses = _uses.TryGetValue(from, out var known) ? known : _uses[from] = new(StringComparer.Ordinal);
        foreach (var reference in References(type).SelectMany(Parts))
        {
            if (Space(reference) is var to && to != from && IsProduct(to)) uses.TryAdd(to, $"{type.Name}: {reference.Name}");
        }
    }

    private static bool IsProduct(string space) => space == "Tandem" || space.StartsWith("Tandem.", StringComparison.Ordinal);

    private static string Space(TypeReference type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type.Namespace;
    }

    private static IEnumerable<TypeReference?> References(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(i => i.InterfaceType),
        .. type.GenericParameters.SelectMany(Constraints),
        .. type.CustomAttributes.SelectMany(Attribute),
        .. type.Fields.SelectMany(field => field.CustomAttributes.SelectMany(Attribute).Append(field.FieldType)),
        .. type.Properties.SelectMany(property => property.CustomAttributes.SelectMany(Attribute)),
        .. type.Methods.SelectMany(Method),
    ];

    private static IEnumerable<TypeReference?> Constraints(GenericParameter parameter) =>
        parameter.Constraints.Select(c => c.ConstraintType);

    private static IEnumerable<TypeReference?> Attribute(CustomAttribute attribute) =>
        attribute.ConstructorArguments.Select(argument => argument.Value as TypeReference).Prepend(attribute.AttributeType);

    private static IEnumerable<TypeReference?> Method(MethodDefinition method) =>
    [
        method.ReturnType,
        .. method.Parameters.Select(parameter => parameter.ParameterType),
        .. method.GenericParameters.SelectMany(Constraints),
        .. method.CustomAttributes.SelectMany(Attribute),
        .. method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType) : [],
        .. method.HasBody ? method.Body.ExceptionHandlers.Select(handler => handler.CatchType) : [],
        .. method.HasBody ? method.Body.Instructions.SelectMany(Operand) : [],
    ];

    private static IEnumerable<TypeReference?> Operand(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [.. Call(method), .. method.GenericArguments],
        MethodReference method => Call(method),
        _ => [],
    };

    private static IEnumerable<TypeReference?> Call(MethodReference method) =>
        [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)];

    /// <summary>A type and those that it is made of: elements, type arguments.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => [.. Parts(generic.ElementType), .. generic.GenericArguments.SelectMany(Parts)],
        TypeSpecification made => Parts(made.ElementType),
        _ => [type],
    };
}
