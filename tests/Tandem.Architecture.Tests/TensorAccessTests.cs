namespace Tandem.Architecture.Tests;

/// <summary>What must go through one place in Tandem.Learning, and does.</summary>
public class TensorAccessTests
{
    [Theory]
    [InlineData("TorchSharp.torch/Tensor", "get_bytes", "TensorBytes,TensorValues")]
    [InlineData("TorchSharp.torch/nn", "Linear", "Linears")] // a head that may be its embedding has no slot
    public void Only_these_types_call_it(string type, string method, string allowed)
    {
        var callers = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var library in Product.Libraries.Where(name => Product.References(name).Contains("TorchSharp")))
        {
            using var module = Instructions.Read(library);
            callers.UnionWith(
                from caller in Instructions.MethodsOf(module)
                where Instructions.CalledBy(caller).Any(called => called.Name == method && called.DeclaringType.FullName == type)
                select caller.DeclaringType.Name.Split('`')[0]);
        }

        Assert.Equal(allowed.Split(','), callers);
    }
}
