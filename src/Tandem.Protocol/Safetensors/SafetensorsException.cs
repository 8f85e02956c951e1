namespace Tandem.Protocol.Safetensors;

/// <summary>A safetensors file is damaged, or does not hold what was asked of it. The message says what was found and expected.</summary>
/// <param name="message">What is wrong, what was expected, what to do.</param>
public sealed class SafetensorsException(string message) : Exception(message)
{
    private const int MostNamesShown = 8;

    /// <summary>There is no tensor of a name.</summary>
    internal static SafetensorsException Missing(string name, ICollection<string> found)
    {
        var names = found.Order(StringComparer.Ordinal).Take(MostNamesShown).Select(FaultText.Shorten);
        var shown = string.Join(", ", names) + (found.Count > MostNamesShown ? ", ..." : "");
        return new SafetensorsException(
            $"no tensor {FaultText.Quote(name)} among the {found.Count} found ({shown}): "
            + "check the name, or export the file with the version that reads it");
    }

    /// <summary>Compares a tensor's shape with what is expected.</summary>
    internal static void ThrowIfOther(string name, ReadOnlySpan<int> found, ReadOnlySpan<int> expected)
    {
        if (found.SequenceEqual(expected)) return;
        throw new SafetensorsException(
            $"tensor {FaultText.Quote(name)} has shape {FaultText.Shape(found)}, expected {FaultText.Shape(expected)}: "
            + "the file belongs to a model of other dimensions");
    }
}
