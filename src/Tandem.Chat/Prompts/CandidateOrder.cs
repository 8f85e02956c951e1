namespace Tandem.Chat.Prompts;

/// <summary>The order in which a chat model reads candidates; models favour what stands first.</summary>
public enum CandidateOrder
{
    /// <summary>As they were retrieved: what the model favours without a reason is what another model found best.</summary>
    Retrieved,

    /// <summary>By a draw of its own for each list, the same when it is asked again: where a candidate stands tells nothing.</summary>
    Shuffled,
}
