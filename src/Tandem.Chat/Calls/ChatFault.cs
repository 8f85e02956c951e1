namespace Tandem.Chat.Calls;

/// <summary>Why a list was not ranked by the chat model.</summary>
public enum ChatFault
{
    /// <summary>The answer did not come in its time.</summary>
    Deadline,

    /// <summary>Other lists held all places at the model until the time had passed.</summary>
    Crowded,

    /// <summary>Most of the last calls failed, so none is made for a while.</summary>
    Paused,

    /// <summary>A call could have gone over the day's tokens or money.</summary>
    Budget,

    /// <summary>The server takes no such call: 3xx or 4xx, such as for a key or a model that it does not know.</summary>
    Refused,

    /// <summary>The server wants fewer calls: 429.</summary>
    Limited,

    /// <summary>The server failed or could not be reached: 5xx, or a connection that broke.</summary>
    Unavailable,

    /// <summary>The answer holds no number of a candidate.</summary>
    Invalid,

    /// <summary>The client failed in another way, such as at a body that is no answer of its protocol.</summary>
    Failed,
}
