using System.Runtime.InteropServices;

namespace Tandem.Native;

/// <summary><c>tandem_item</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct RankedItem(int Item, float Score, float CloudScore, float DeviceScore);
