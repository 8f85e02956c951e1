using System.Text.Json.Serialization;

namespace Tandem.Protocol.Messages;

/// <summary>
/// Why a cloud gives no answer. The names on the wire never change; a name that this version does not know is <see cref="Other"/>.
/// </summary>
[JsonConverter(typeof(CloudFaultKindConverter))]
public enum CloudFaultKind
{
    /// <summary><c>other</c>: a kind of a later version; the message says more.</summary>
    Other,

    /// <summary><c>notOffered</c>: the cloud does not offer the call. Asking again brings nothing.</summary>
    NotOffered,

    /// <summary><c>unreachable</c>: no connection, or no answer in time. For the side that asks to say.</summary>
    Unreachable,

    /// <summary><c>busy</c>: too many requests, of the device or of all. The same request may be answered later.</summary>
    Busy,

    /// <summary>
    /// <c>refused</c>: the request has a fault, or belongs to another catalogue or model. The same request is never answered.
    /// </summary>
    Refused,

    /// <summary><c>denied</c>: the device is not known, or may not ask this.</summary>
    Denied,

    /// <summary><c>notFound</c>: what is asked for does not exist, such as a bundle.</summary>
    NotFound,

    /// <summary><c>failed</c>: a fault of the cloud itself.</summary>
    Failed,
}
