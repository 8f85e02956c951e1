namespace Tandem.Native;

/// <summary>What a call came to; the numbers are those of <c>tandem_status</c>.</summary>
internal enum Status
{
    Ok = 0,

    /// <summary>An argument that no state of the session could make right.</summary>
    BadArgument = 1,

    /// <summary>No open session, or no loaded model, has this handle.</summary>
    BadHandle = 2,

    /// <summary>A bundle, list, packet, snapshot or log was refused; what served before still serves.</summary>
    Refused = 3,

    /// <summary>There was nothing to do it to, or what was done is not worth keeping.</summary>
    Nothing = 4,

    /// <summary>A fault of the library or the machine.</summary>
    Failed = 5,

    /// <summary>The caller's buffer does not hold the answer; how much it takes was given back.</summary>
    TooSmall = 6,

    /// <summary>The cloud gave no answer, or a refusal; what served before still serves.</summary>
    Unanswered = 7,
}
