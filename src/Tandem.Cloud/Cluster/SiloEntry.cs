namespace Tandem.Cloud.Cluster;

/// <summary>A silo as the database keeps it.</summary>
internal sealed record SiloEntry(
    SiloStatus Status, string SiloName, string HostName, int ProxyPort, DateTime StartTime, IReadOnlyList<SiloSuspicion> Suspicions)
{
    public static SiloEntry Of(MembershipEntry entry) => new(
        entry.Status, entry.SiloName ?? "", entry.HostName ?? "", entry.ProxyPort, entry.StartTime,
        [.. (entry.SuspectTimes ?? []).Select(suspicion => new SiloSuspicion(suspicion.Item1.ToParsableString(), suspicion.Item2))]);

    public MembershipEntry ToMembership(string address, DateTime alive) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(address),
        Status = Status,
        SiloName = SiloName,
        HostName = HostName,
        ProxyPort = ProxyPort,
        StartTime = StartTime,
        IAmAliveTime = alive,
        SuspectTimes = [.. Suspicions.Select(suspicion => Tuple.Create(SiloAddress.FromParsableString(suspicion.By), suspicion.At))],
    };
}

/// <summary>One silo holds another for dead.</summary>
/// <param name="By">Its address.</param>
/// <param name="At">When.</param>
internal sealed record SiloSuspicion(string By, DateTime At);
