using System.Numerics.Tensors;
using Tandem.Protocol.Items;

namespace Tandem.Learning.Text;

/// <summary>What the last items of histories are like, from tables of content vectors.</summary>
internal static class Profiles
{
    /// <summary>Items of a history that a profile reads, each once.</summary>
    public static int[] ItemsOf(ContentProfile profile, ReadOnlySpan<int> history) =>
        [.. history[^Math.Min(profile.Recent, history.Length)..].ToArray().Distinct()];

    /// <summary>What the other items of a history add to the score of one of them: that it is like itself says nothing of it.</summary>
    /// <param name="profile">Begun anew.</param>
    /// <param name="table">[V + 1, d].</param>
    /// <param name="history">Oldest first.</param>
    /// <param name="item">One of <see cref="ItemsOf"/>.</param>
    public static float OfOthers(ContentProfile profile, ReadOnlySpan<float> table, ReadOnlySpan<int> history, int item)
    {
        Read(profile, table, history, except: item);
        profile.Finish();
        return TensorPrimitives.Dot(profile.Vector, table.Slice(item * profile.Vector.Length, profile.Vector.Length));
    }

    /// <summary>[V + 1, d] of rows, zeros for padding.</summary>
    public static float[] Table(ContentRows rows)
    {
        var table = new float[(rows.Items + 1) * rows.Width];
        for (var item = 1; item <= rows.Items; item++) rows.Read(item, table.AsSpan(item * rows.Width, rows.Width));
        return table;
    }

    /// <summary>Sums the vectors of a history's last items; <see cref="ContentProfile.Finish"/> is the caller's.</summary>
    /// <param name="profile">Begun anew.</param>
    /// <param name="table">[V + 1, d].</param>
    /// <param name="history">Oldest first.</param>
    /// <param name="except">An item whose events are passed over; 0, the default, for none.</param>
    public static void Read(ContentProfile profile, ReadOnlySpan<float> table, ReadOnlySpan<int> history, int except = 0)
    {
        profile.Clear();
        var width = profile.Vector.Length;
        for (var age = 0; age < Math.Min(profile.Recent, history.Length); age++)
        {
            if (history[^(age + 1)] is var item && item != except) profile.Add(table.Slice(item * width, width), age);
        }
    }
}
