using System.Globalization;
using static TorchSharp.torch;

namespace Tandem.Learning.Classification;

/// <summary>
/// CIFAR-100 as its authors publish it in binary form (https://www.cs.toronto.edu/~kriz/cifar.html): <c>train.bin</c> and <c>test.bin</c>,
/// of each image the coarse label, the fine label, then 32 × 32 pixels of red, of green, of blue, a byte each.
/// </summary>
public static class CifarFiles
{
    private const string Training = "train.bin", Test = "test.bin", FineNames = "fine_label_names.txt";
    private const int Coarse = 20, Fine = 100, Labels = 2, Pixels = ImageCnn.Colours * ImageCnn.Side * ImageCnn.Side;
    private const int Record = Labels + Pixels;

    /// <summary>Reads both files, the training images first.</summary>
    /// <param name="folder">Holds them, and perhaps the names of the fine labels, a line each.</param>
    /// <returns>Images by fine label, and how many of them, the last ones, are the published test.</returns>
    /// <exception cref="ClassificationException">A file is missing, is cut off or holds a label that there is not.</exception>
    public static (LabelledExamples Examples, int Tested) Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        byte[][] files = [Bytes(Path.Combine(folder, Training)), Bytes(Path.Combine(folder, Test))];
        var counts = files.Select(bytes => bytes.Length / Record).ToArray();
        var (pixels, labels) = (new byte[counts.Sum() * Pixels], new int[counts.Sum()]);
        var place = 0;
        foreach (var bytes in files)
        {
            for (var at = 0; at < bytes.Length; at += Record, place++)
            {
                labels[place] = bytes[at + 1];
                bytes.AsSpan(at + Labels, Pixels).CopyTo(pixels.AsSpan(place * Pixels));
            }
        }

        var images = tensor(pixels, [labels.Length, ImageCnn.Colours, ImageCnn.Side, ImageCnn.Side]);
        return (new(images, labels, Names(folder)), counts[1]);
    }

    private static byte[] Bytes(string path)
    {
        if (!File.Exists(path))
        {
            throw new ClassificationException(
                $"{path}: there is no such file; expected the folder of CIFAR-100's binary version, with {Training} and {Test}");
        }

        var length = new FileInfo(path).Length;
        if (length == 0 || length % Record != 0 || length > Array.MaxLength)
        {
            throw new ClassificationException(
                $"{path}: {length} bytes; expected a multiple of {Record}, the bytes of an image with its two labels: fetch it again");
        }

        var bytes = File.ReadAllBytes(path);
        for (var at = 0; at < bytes.Length; at += Record)
        {
            if (bytes[at] < Coarse && bytes[at + 1] < Fine) continue;
            throw new ClassificationException(
                $"{path}: image {at / Record} has the labels {bytes[at]} and {bytes[at + 1]}; expected less than {Coarse} and {Fine}: "
                    + "fetch the binary version of CIFAR-100");
        }

        return bytes;
    }

    private static string[] Names(string folder)
    {
        var path = Path.Combine(folder, FineNames);
        if (!File.Exists(path)) return [.. Enumerable.Range(0, Fine).Select(label => label.ToString(CultureInfo.InvariantCulture))];
        string[] names = [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length == Fine
            ? names
            : throw new ClassificationException($"{path}: {names.Length} names; expected {Fine}, or no such file");
    }
}
