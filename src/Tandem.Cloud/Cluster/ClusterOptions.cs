using System.Net;

namespace Tandem.Cloud.Cluster;

/// <summary>Several machines as one service. They find each other by the PostgreSQL database that is their store.</summary>
public sealed record ClusterOptions
{
    /// <summary>Machines of one name are one cluster.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// By which the other machines reach this one. Default the loopback address: several processes of one machine. What goes between the
    /// machines is neither encrypted nor does it ask for a key: keep it on a network of their own.
    /// </summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Where it listens for the others; 0, the default, for a free port.</summary>
    public int Port { get; init; }

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (Name.Length is 0 or > 64) yield return $"Name has {Name.Length} characters; expected 1 to 64";
        if (Port is < 0 or > IPEndPoint.MaxPort) yield return $"Port is {Port}; expected 0 to {IPEndPoint.MaxPort}";
    }
}
