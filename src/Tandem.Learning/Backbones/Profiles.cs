using Tandem.Protocol.Items;

namespace Tandem.Learning.Backbones;

/// <summary>What the last items of histories are like, from tables of content vectors.</summary>
internal static class Profiles
{
    /// <summary>Sums the vectors of a history's last items; <see cref="ContentProfile.Finish"/> is the caller's.</summary>
    /// <param name="profile">Begun anew.</param>
    /// <param name="table">[V + 1, d].</param>
    /// <param name="history">Oldest first.</param>
    public static void Read(ContentProfile profile, ReadOnlySpan<float> table, ReadOnlySpan<int> history)
    {
        profile.Clear();
        var width = profile.Vector.Length;
        for (var age = 0; age < Math.Min(profile.Recent, history.Length); age++)
            profile.Add(table.Slice(history[^(age + 1)] * width, width), age);
    }
}
