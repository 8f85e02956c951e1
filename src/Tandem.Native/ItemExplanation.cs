using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tandem.Native;

/// <summary><c>tandem_explanation</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ItemExplanation
{
    public const int MostEvents = 3;

    public float CloudScore;
    public float DeviceScore;
    public float CloudShare;
    public float DeviceShare;
    public int EventCount;
    public NearestEvents Events;

    [InlineArray(MostEvents)]
    internal struct NearestEvents
    {
        private NearestEvent _first;
    }
}

/// <summary><c>tandem_event</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NearestEvent(int Item, int Age, float Similarity);
