using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tandem.Device.Storage;
using Tandem.Protocol.Parameters;

namespace Tandem.Device;

/// <summary>What is known of a packet whose weights serve.</summary>
/// <param name="Version">Its name; empty where a snapshot of an earlier build did not tell.</param>
/// <param name="ExpiresAt">The last unix second that it may serve.</param>
internal sealed record ServedPacket(string Version, long ExpiresAt)
{
    /// <summary>Stands for no end.</summary>
    public const long Never = long.MaxValue;

    private const string VersionName = "packet.version";
    private const string ExpiresName = "packet.expires";

    public static ServedPacket Of(ParameterPacket packet) => new(packet.Version, packet.ExpiresAt ?? Never);

    /// <summary>Writes both.</summary>
    public void Save(SnapshotWriter writer)
    {
        writer.Add<byte>(VersionName, Encoding.UTF8.GetBytes(Version));
        writer.Add<long>(ExpiresName, [ExpiresAt]);
    }

    /// <summary>
    /// Reads what <see cref="Save"/> wrote, for a snapshot that holds sent weights; false where the parts do not fit. Earlier builds wrote
    /// the weights alone, and these serve without end.
    /// </summary>
    public static bool TryLoad(SnapshotReader reader, [NotNullWhen(true)] out ServedPacket? packet)
    {
        packet = null;
        if (!reader.Has(VersionName) && !reader.Has(ExpiresName)) packet = new("", Never);
        var isWhole = reader.TryGet<byte>(VersionName, out var version) & reader.TryGet<long>(ExpiresName, out var expires);
        if (isWhole && expires is [var last]) packet = new(Encoding.UTF8.GetString(version), last);
        return packet is not null;
    }
}
