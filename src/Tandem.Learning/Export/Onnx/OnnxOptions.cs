namespace Tandem.Learning.Export.Onnx;

/// <summary>What an exported graph says of itself, and whether it takes times.</summary>
public sealed record OnnxOptions
{
    /// <summary>The graph's name, such as the data set's.</summary>
    public required string Name { get; init; }

    /// <summary>Of the item ids; kept as the property <c>tandem.catalog</c>.</summary>
    public required string CatalogVersion { get; init; }

    /// <summary>
    /// True to give the graph the input <c>times</c> where its backbone reads times (HSTU); others have no such input either way.
    /// Default false: places alone. Set it as the model was trained, with times or without.
    /// </summary>
    public bool Times { get; init; }

    /// <summary>Most bytes of the file: protobuf, and with it every reader of ONNX, ends at 2 GiB.</summary>
    internal long MostBytes { get; init; } = int.MaxValue;
}
