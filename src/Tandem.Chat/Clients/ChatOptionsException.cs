namespace Tandem.Chat.Clients;

/// <summary>Settings of a chat model cannot be used; the message names every fault.</summary>
/// <param name="message">For people.</param>
public sealed class ChatOptionsException(string message) : Exception(message)
{
    internal static void ThrowIfAny(IEnumerable<string> faults)
    {
        var all = string.Join("; ", faults);
        if (all.Length > 0) throw new ChatOptionsException($"the chat model cannot be used: {all}");
    }
}
