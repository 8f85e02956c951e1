using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Tests.Items;

/// <summary>Slices put together by hand, so that each can have exactly one fault.</summary>
internal static class RawSlice
{
    /// <summary>Items 1 and 2 with two elements each, but for what is given.</summary>
    public static SafetensorsWriter Of(
        int[]? items = null,
        sbyte[]? codes = null,
        float[]? scales = null,
        int rows = 2,
        string format = "tandem.item-slice/1",
        string catalog = "c1",
        string model = "m1",
        string without = "")
    {
        items ??= [1, 2];
        codes ??= new sbyte[rows * 2];
        scales ??= new float[rows];
        var writer = new SafetensorsWriter
        {
            Metadata = { ["format"] = format, ["catalogVersion"] = catalog, ["modelVersion"] = model },
        };
        if (without != "items") writer.Add<int>("items", items, items.Length);
        if (without != "codes") writer.Add<sbyte>("codes", codes, rows, codes.Length / rows);
        if (without != "scales") writer.Add<float>("scales", scales, scales.Length);
        return writer;
    }
}
