namespace Tandem.Native;

/// <summary>Why a call was not carried out. It ends at the border, as a status and a text.</summary>
/// <param name="status">For the caller's program.</param>
/// <param name="message">For a person.</param>
internal sealed class CallFault(Status status, string message) : Exception(message)
{
    public Status Status => status;
}
