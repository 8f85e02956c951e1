using Mono.Cecil;

namespace Tandem.Architecture.Tests;

/// <summary>
/// A number that TorchSharp makes native has an owner that nothing refers to while libtorch reads it (docs/native-torch.md). The
/// compiler refuses the usual ways there by eng/BannedSymbols.txt, but not compound assignments, nor methods of TorchSharp that it does
/// not list; here all that the compiled product calls is held against all that TorchSharp does.
/// </summary>
public class NativeScalarTests
{
    private const string Scalar = "TorchSharp.Scalar";
    private const string Owner = "TensorArithmetic"; // keeps them alive until the call has returned

    private static readonly HashSet<string> _leaving = Leaving();

    public static TheoryData<string> Assemblies =>
        [.. Product.Libraries.Where(name => Product.References(name).Contains("TorchSharp")), Product.CommandLine];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_number_is_left_to_the_finaliser_while_libtorch_reads_it(string assembly)
    {
        using var module = Instructions.Read(assembly);
        var found = from method in Instructions.MethodsOf(module)
                    where method.DeclaringType.Name != Owner
                    from called in Instructions.CalledBy(method)
                    where Makes(called) || _leaving.Contains(called.FullName)
                    select $"{method.DeclaringType.Name}.{method.Name} calls {called.FullName}";
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("torch/Tensor::op_Addition(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)", true)]
    [InlineData("torch/Tensor::op_Multiply(System.Double,TorchSharp.torch/Tensor)", true)]
    [InlineData("torch/nn/functional::softplus(TorchSharp.torch/Tensor,System.Double,System.Double)", true)]
    [InlineData("torch::square(TorchSharp.torch/Tensor)", true)] // by way of others
    [InlineData("torch/Tensor::op_Multiply(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)", false)]
    [InlineData("torch/Tensor::add(TorchSharp.torch/Tensor,TorchSharp.Scalar)", false)]
    public void What_leaves_a_number_is_told_from_what_does_not(string method, bool expected) =>
        Assert.Equal(expected, _leaving.Any(name => name.EndsWith("TorchSharp." + method, StringComparison.Ordinal)));

    /// <summary>
    /// Methods of TorchSharp that make a scalar, and those that call such a method. A few dispose of it; none of them is needed.
    /// </summary>
    private static HashSet<string> Leaving()
    {
        using var torch = Instructions.Read("TorchSharp");
        var calls = Instructions.MethodsOf(torch).Where(method => !IsScalars(method.DeclaringType.FullName))
            .Select(method => (method.FullName, Called: Instructions.CalledBy(method).ToArray())).ToArray();
        var leaving = calls.Where(m => m.Called.Any(Makes)).Select(m => m.FullName).ToHashSet();
        int before;
        do
        {
            before = leaving.Count;
            leaving.UnionWith(calls.Where(m => m.Called.Any(c => leaving.Contains(c.FullName))).Select(m => m.FullName));
        }
        while (leaving.Count > before);
        return leaving;
    }

    private static bool Makes(MethodReference method) =>
        method.ReturnType.FullName == Scalar && (IsScalars(method.DeclaringType.FullName) || method.Name == "ToScalar");

    private static bool IsScalars(string type) => type is Scalar or "TorchSharp.ScalarExtensionMethods";
}
