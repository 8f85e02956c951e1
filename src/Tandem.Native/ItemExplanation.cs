using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tandem.Device;

namespace Tandem.Native;

/// <summary><c>tandem_explanation</c>. Members are only ever added at the end; a caller compiled before sends a smaller size.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ItemExplanation
{
    public const int MostEvents = 3;

    /// <summary>Bytes up to <see cref="Events"/>, which <c>tandem_explain</c> writes.</summary>
    public const int FirstSize = 56;

    /// <summary>Beyond what any header will ever tell.</summary>
    public const int MostSize = 4_096;

    public float CloudScore;
    public float DeviceScore;
    public float CloudShare;
    public float DeviceShare;
    public int EventCount;
    public NearestEvents Events;
    public float SuccessorScore;
    public int FollowedCount;
    public FollowedEvents Followed;
    public float ContentScore;

    /// <param name="found">Names at most <see cref="MostEvents"/> events of each kind.</param>
    public static ItemExplanation Of(Explanation found)
    {
        var explanation = new ItemExplanation
        {
            CloudScore = found.CloudScore,
            DeviceScore = found.DeviceScore,
            CloudShare = found.CloudShare,
            DeviceShare = found.DeviceShare,
            EventCount = found.NearestEvents.Count,
            SuccessorScore = found.SuccessorScore,
            FollowedCount = found.FollowedEvents.Count,
            ContentScore = found.Contents.Sum(content => content.Score),
        };
        for (var i = 0; i < found.NearestEvents.Count; i++)
        {
            var nearest = found.NearestEvents[i];
            explanation.Events[i] = new(nearest.Item, Age(nearest.Age), nearest.Similarity);
        }

        for (var i = 0; i < found.FollowedEvents.Count; i++)
        {
            var followed = found.FollowedEvents[i];
            explanation.Followed[i] = new(followed.Item, Age(followed.Age), followed.Share);
        }

        return explanation;

        static int Age(long age) => (int)Math.Min(age, int.MaxValue);
    }

    [InlineArray(MostEvents)]
    internal struct NearestEvents
    {
        private NearestEvent _first;
    }

    [InlineArray(MostEvents)]
    internal struct FollowedEvents
    {
        private FollowedItem _first;
    }
}

/// <summary><c>tandem_event</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NearestEvent(int Item, int Age, float Similarity);

/// <summary><c>tandem_followed</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FollowedItem(int Item, int Age, float Share);
