namespace Tandem.Protocol;

/// <summary>Foreign text and shapes in messages: bounded, because a hostile header may hold a name of 100 MB.</summary>
internal static class FaultText
{
    private const int LongestShown = 80;
    private const int MostDimsShown = 8;

    public static string Quote(string? text) => $"'{Shorten(text ?? "")}'";

    public static string Shorten(string text) => text.Length <= LongestShown ? text : $"{text.AsSpan(0, LongestShown)}...";

    public static string Shape(ReadOnlySpan<int> shape)
    {
        var shown = string.Join(", ", shape[..Math.Min(shape.Length, MostDimsShown)].ToArray());
        return shape.Length <= MostDimsShown ? $"[{shown}]" : $"[{shown}, ... {shape.Length} dimensions]";
    }
}
