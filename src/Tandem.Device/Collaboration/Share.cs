namespace Tandem.Device.Collaboration;

/// <summary>A part of a whole.</summary>
internal static class Share
{
    /// <exception cref="ArgumentOutOfRangeException">It is not in [0, 1].</exception>
    public static double Checked(double value, string name) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, "a share runs from 0 to 1");
}
