namespace Tandem.Device.Http;

/// <summary>Text that may stand in a header: nothing in it can end the header and begin another.</summary>
internal static class HeaderText
{
    private const int LongestKey = 8_192;

    /// <summary>Visible ASCII alone: no space, no line end.</summary>
    public static bool IsVisible(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Why a key cannot be sent, without a letter of it, or null.</summary>
    public static string? KeyFault(string? key) => key is not { Length: > 0 and <= LongestKey } || !IsVisible(key)
        ? $"1 to {LongestKey} visible ASCII characters are expected, without spaces"
        : null;

    /// <summary>A version that may stand in an entity tag: visible ASCII without quotes.</summary>
    public static bool FitsTag(string version) => IsVisible(version) && !version.Contains('"', StringComparison.Ordinal);
}
