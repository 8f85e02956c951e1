namespace Tandem.Device.Storage;

/// <summary>What was wrong with an event log when it was opened. The session goes on with the events that could be read.</summary>
/// <param name="Events">
/// Records that could not be read and are missing from the session: 0 where the damage hit none. At the end of a file, where their
/// number is unknown, every 24 bytes count as one.
/// </param>
/// <param name="File">A copy of the file as it was found, beside the log. Nothing reads or deletes it.</param>
public sealed record EventLogDamage(int Events, string File);
