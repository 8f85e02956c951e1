using System.Globalization;
using Tandem.Learning.Graphs;

namespace Tandem.Encoders;

/// <summary>
/// A network of images that a package brings as an ONNX file beside the program: not run here, but its weights may be read. Residual
/// blocks of 3 × 3 convolutions (He et al., CVPR 2016) as CNTK exported them: ResNet-18 with a third block of 512 channels, without its
/// last layer.
/// </summary>
public static class ImageModel
{
    /// <summary>As in recipes and on the command line.</summary>
    public const string Name = "resnet18";

    private const string File = "DnnImageModels/ResNet18.onnx";
    private const string Numbered = "Parameter";

    /// <summary>The weights, to be registered.</summary>
    internal static WeightSource Weights { get; } = new(Name, "ResNet-18 of images, its convolutions", ReadWeights);

    /// <summary>
    /// Its convolutions, [outputs, inputs, k, k], under the names that PyTorch's ResNets have, such as <c>layer3.0.conv1.weight</c> and
    /// <c>layer3.0.downsample.0.weight</c>; the file has numbers for names.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is not there, or is another one.</exception>
    public static IReadOnlyList<OnnxWeight> ReadWeights()
    {
        var path = Path.Combine(AppContext.BaseDirectory, File);
        if (!System.IO.File.Exists(path))
            throw new InvalidDataException($"{path} is missing; expected it beside the program, so build it again");
        using var file = System.IO.File.OpenRead(path);
        var convolutions = OnnxWeights.Read(file).Where(weight => weight.Shape.Count == 4).ToLookup(weight => weight.Shape[3] > 1);
        // On the main path numbers fall from the image to the last layer; the short cuts' rise.
        return
        [
            .. convolutions[true].OrderByDescending(Number).Zip(MainNames(convolutions[true].Count()), Named),
            .. convolutions[false].OrderBy(Number).Select((weight, i) => Named(weight, $"layer{i + 2}.0.downsample.0.weight")),
        ];

        static OnnxWeight Named(OnnxWeight weight, string name) => weight with { Name = name };
    }

    /// <summary>Two convolutions a block, two blocks a layer; whatever is left belongs to the last layer.</summary>
    private static IEnumerable<string> MainNames(int count)
    {
        const int layers = 4, perLayer = 4;
        yield return "conv1.weight";
        for (var i = 0; i < count - 1; i++)
        {
            var layer = Math.Min(i / perLayer, layers - 1);
            var within = i - layer * perLayer;
            yield return $"layer{layer + 1}.{within / 2}.conv{within % 2 + 1}.weight";
        }
    }

    private static int Number(OnnxWeight weight) =>
        weight.Name.StartsWith(Numbered, StringComparison.Ordinal)
        && int.TryParse(weight.Name.AsSpan(Numbered.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"a convolution is called '{weight.Name}'; expected {Numbered} and a number");
}
