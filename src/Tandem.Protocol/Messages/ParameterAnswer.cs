using System.Diagnostics.CodeAnalysis;
using Tandem.Protocol.Parameters;

namespace Tandem.Protocol.Messages;

/// <summary>The cloud's answer: weights for one user.</summary>
public sealed record ParameterAnswer
{
    /// <summary>A <see cref="ParameterPacket"/> as bytes, base64 in JSON. It names the bundle and itself.</summary>
    public required byte[] Packet { get; init; }

    /// <summary>Reads the packet. Whether its weights fit the bundle is the device's to check.</summary>
    /// <param name="packet">The packet, which views <see cref="Packet"/>, or null.</param>
    /// <param name="fault">Why it is refused, or null.</param>
    public bool TryRead([NotNullWhen(true)] out ParameterPacket? packet, [NotNullWhen(false)] out string? fault) =>
        ParameterPacket.TryParse(Packet, out packet, out fault);
}
