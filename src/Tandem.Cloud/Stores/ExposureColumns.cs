using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cloud.Stores;

/// <summary>An exposure as both databases keep it: arms as JSON, items as little-endian numbers of four bytes.</summary>
internal static class ExposureColumns
{
    public static string Arms(Exposure exposure) => JsonSerializer.Serialize(exposure.Arms, ExposureJson.Default.IReadOnlyListArmOfDevice);

    public static byte[] Items(Exposure exposure) => MemoryMarshal.AsBytes<uint>(exposure.Items.ToArray()).ToArray();

    public static Exposure Read(string? model, string arms, byte[] items) => new()
    {
        Model = model,
        Arms = JsonSerializer.Deserialize(arms, ExposureJson.Default.IReadOnlyListArmOfDevice) ?? [],
        Items = MemoryMarshal.Cast<byte, uint>(items).ToArray(),
    };

    /// <exception cref="ArgumentException">It cannot be kept.</exception>
    public static void Require(DeviceId device, Exposure exposure)
    {
        EventCheck.Require(device);
        ArgumentNullException.ThrowIfNull(exposure);
        if (exposure.Arms.Count is 0 or > Exposure.MostArms)
            throw new ArgumentException($"{exposure.Arms.Count} arms, expected 1 to {Exposure.MostArms}", nameof(exposure));
        foreach (var arm in exposure.Arms)
        {
            if ((EventCheck.Fault(arm.Experiment, DeviceId.LongestApp) ?? EventCheck.Fault(arm.Arm, DeviceId.LongestApp)) is { } fault)
                throw new ArgumentException($"the name of an experiment or arm {fault}", nameof(exposure));
            if (!(arm.Propensity is > 0 and <= 1))
                throw new ArgumentException($"the propensity of {arm.Arm} is {arm.Propensity}, expected above 0 to 1", nameof(exposure));
        }
    }
}

/// <summary>JSON of the arms.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ArmOfDevice>))]
internal sealed partial class ExposureJson : JsonSerializerContext;
