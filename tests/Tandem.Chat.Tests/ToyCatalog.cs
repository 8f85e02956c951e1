namespace Tandem.Learning.Tests.Language;

/// <summary>The catalogue that the contract of generators speaks of.</summary>
internal static class ToyCatalog
{
    public const int Items = 240;
}
