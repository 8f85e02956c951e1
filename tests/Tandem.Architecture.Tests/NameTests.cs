using System.Text.RegularExpressions;

namespace Tandem.Architecture.Tests;

public partial class NameTests
{
    private static readonly string[] _methods = ["SasRec", "Solid", "Ttt", "MergeNet", "Lsc4Rec"];

    public static TheoryData<string> Assemblies => [.. Product.Libraries, Product.CommandLine, Product.NativeLibrary];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_type_has_a_name_that_says_nothing(string assembly) =>
        Assert.DoesNotContain(Product.Types(assembly).Select(Product.BareName), name => SaysNothing().IsMatch(name));

    /// <summary>Backbone, parameter source, transfer and collaboration compose; a type for a pair would freeze one combination.</summary>
    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_type_is_named_after_a_combination_of_methods(string assembly) =>
        Assert.DoesNotContain(Product.Types(assembly).Select(Product.BareName), JoinsMethods);

    [Theory]
    [InlineData("Tandem.Protocol")]
    [InlineData("Tandem.Device")]
    public void Nothing_on_the_device_can_be_derived_from_by_accident(string library) =>
        Assert.DoesNotContain(Product.Types(library).Where(type => type.IsVisible), type => !type.IsSealed && !type.IsAbstract);

    [Theory]
    [InlineData("SolidSasRec", true)]
    [InlineData("TttMergeNetAdapter", true)]
    [InlineData("SasRecRunner", false)]
    [InlineData("SolidParameters", false)]
    public void A_combination_is_told_from_a_method(string name, bool expected) => Assert.Equal(expected, JoinsMethods(name));

    private static bool JoinsMethods(string name) =>
        _methods.Count(method => name.Contains(method, StringComparison.OrdinalIgnoreCase)) > 1;

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Utilities|Impl)$")]
    private static partial Regex SaysNothing();
}
