namespace Tandem.Architecture.Tests;

/// <summary>No namespace of the product uses another that leads back to it.</summary>
public class NamespaceCircleTests
{
    public static TheoryData<string> Namespaces => [.. Product.Namespaces.Namespaces];

    [Theory]
    [MemberData(nameof(Namespaces))]
    public void No_way_leads_back(string space) => Assert.Empty(Product.Namespaces.Circle(space));
}
