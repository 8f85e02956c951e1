using Tandem.Protocol.Items;

namespace Tandem.Device.Tests.Items;

/// <summary>Slices whose rows tell which item and model they belong to.</summary>
internal static class Slices
{
    public const int Width = 3;
    public const int Items = 30;
    public const string Catalog = "catalogue-a";

    public static ItemSlice Of(string model, params int[] items) =>
        ItemSlice.FromTable(Catalog, model, items, Table(model), Width);

    /// <summary>[D] the codes that <see cref="Of"/> gives an item.</summary>
    public static sbyte[] CodesOf(string model, int item)
    {
        var codes = new sbyte[Width];
        Int8Quantisation.Quantise(Table(model).AsSpan(item * Width, Width), codes);
        return codes;
    }

    /// <summary>Elements that fall with the item: no two items have equal rows.</summary>
    private static float[] Table(string model) =>
        [.. Enumerable.Range(0, (Items + 1) * Width).Select(i => i % Width == 0 ? 127f : i / Width + 40 * (model[^1] - 'a'))];
}
