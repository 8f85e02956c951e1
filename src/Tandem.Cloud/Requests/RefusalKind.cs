using System.Text.Json;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Requests;

/// <summary>Why a request can be refused. Codes never change; programs decide by them, and devices by the kind of fault.</summary>
/// <param name="Code">Stable, such as <c>queue.full</c>.</param>
/// <param name="Status">Of HTTP.</param>
/// <param name="Fault">As a device takes it.</param>
/// <param name="Title">A summary that is constant for the code.</param>
public sealed record RefusalKind(string Code, int Status, CloudFaultKind Fault, string Title)
{
    /// <summary>The name of <see cref="Fault"/> on the wire.</summary>
    public string FaultName { get; } = JsonNamingPolicy.CamelCase.ConvertName(Fault.ToString());

    /// <summary>The body is longer than the route takes.</summary>
    public static readonly RefusalKind BodyTooLarge = new("body.tooLarge", 413, CloudFaultKind.Refused, "The body is too long.");

    /// <summary>The body did not come in time.</summary>
    public static readonly RefusalKind BodyTooSlow = new("body.tooSlow", 408, CloudFaultKind.Busy, "The body came too slowly.");

    /// <summary>The body is no JSON of the expected form.</summary>
    public static readonly RefusalKind BodyMalformed = new(
        "body.malformed", 400, CloudFaultKind.Refused, "The body is not what is expected.");

    /// <summary>The body is said to be something else than JSON.</summary>
    public static readonly RefusalKind BodyType = new("body.type", 415, CloudFaultKind.Refused, "The body has another type than JSON.");

    /// <summary>A member or header has a value that cannot be used.</summary>
    public static readonly RefusalKind FieldInvalid = new("field.invalid", 400, CloudFaultKind.Refused, "A value cannot be used.");

    /// <summary>Items are numbered by another catalogue.</summary>
    public static readonly RefusalKind OtherCatalog = new(
        "catalog.other", 409, CloudFaultKind.Refused, "Items are numbered by another catalogue.");

    /// <summary>An item's key is in no catalogue.</summary>
    public static readonly RefusalKind UnknownItem = new("item.unknown", 422, CloudFaultKind.Refused, "An item is not known.");

    /// <summary>No model of the name is served.</summary>
    public static readonly RefusalKind UnknownModel = new("model.unknown", 404, CloudFaultKind.NotFound, "There is no such model.");

    /// <summary>No experiment of the name runs.</summary>
    public static readonly RefusalKind UnknownExperiment = new(
        "experiment.unknown", 404, CloudFaultKind.NotFound, "There is no such experiment.");

    /// <summary>The device has another version of the model than can be answered.</summary>
    public static readonly RefusalKind OtherModel = new(
        "model.other", 409, CloudFaultKind.Refused, "The device has another version of the model.");

    /// <summary>A run cannot be served.</summary>
    public static readonly RefusalKind ModelRefused = new("model.refused", 422, CloudFaultKind.Refused, "The run cannot be served.");

    /// <summary>The model makes no weights for users.</summary>
    public static readonly RefusalKind NoParameters = new(
        "parameters.notOffered", 501, CloudFaultKind.NotOffered, "The model makes no weights for users.");

    /// <summary>The service has no codes of items.</summary>
    public static readonly RefusalKind NoCodes = new(
        "codes.notOffered", 501, CloudFaultKind.NotOffered, "The service reads no histories of codes.");

    /// <summary>Codes are of another table than the service's.</summary>
    public static readonly RefusalKind OtherCodes = new("codes.other", 409, CloudFaultKind.Refused, "The codes are of another table.");

    /// <summary>There is no such bundle, or no such file of it.</summary>
    public static readonly RefusalKind UnknownBundle = new("bundle.unknown", 404, CloudFaultKind.NotFound, "There is no such bundle.");

    /// <summary>The request names no device, or one that cannot be.</summary>
    public static readonly RefusalKind DeviceInvalid = new("device.invalid", 400, CloudFaultKind.Refused, "The device has no name.");

    /// <summary>The request has no key or token.</summary>
    public static readonly RefusalKind KeyMissing = new("key.missing", 401, CloudFaultKind.Denied, "A key is needed.");

    /// <summary>The key or token is unknown, revoked or past its end.</summary>
    public static readonly RefusalKind KeyRefused = new("key.refused", 401, CloudFaultKind.Denied, "The key is not accepted.");

    /// <summary>The key does not allow this.</summary>
    public static readonly RefusalKind KeyScope = new("key.scope", 403, CloudFaultKind.Denied, "The key does not allow this.");

    /// <summary>More requests than a device or key may make.</summary>
    public static readonly RefusalKind TooMany = new("rate.exceeded", 429, CloudFaultKind.Busy, "Too many requests.");

    /// <summary>More requests wait for the model than may.</summary>
    public static readonly RefusalKind QueueFull = new("queue.full", 429, CloudFaultKind.Busy, "Too many requests wait.");

    /// <summary>The device has used up its calls to models.</summary>
    public static readonly RefusalKind BudgetSpent = new("budget.spent", 429, CloudFaultKind.Busy, "The device's calls are used up.");

    /// <summary>The answer would have come too late.</summary>
    public static readonly RefusalKind DeadlinePassed = new("deadline.passed", 504, CloudFaultKind.Busy, "No answer in time.");

    /// <summary>The store does not answer.</summary>
    public static readonly RefusalKind StoreUnavailable = new(
        "store.unavailable", 503, CloudFaultKind.Busy, "Events cannot be kept at the moment.");

    /// <summary>There is no such address.</summary>
    public static readonly RefusalKind UnknownRoute = new("route.unknown", 404, CloudFaultKind.Refused, "There is no such address.");

    /// <summary>The address has no such method.</summary>
    public static readonly RefusalKind OtherMethod = new("route.method", 405, CloudFaultKind.Refused, "The address has no such method.");

    /// <summary>A fault of the service.</summary>
    public static readonly RefusalKind Internal = new("internal", 500, CloudFaultKind.Failed, "The service has a fault.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RefusalKind> All { get; } =
    [
        BodyTooLarge, BodyTooSlow, BodyMalformed, BodyType, FieldInvalid, OtherCatalog, UnknownItem, UnknownModel, UnknownExperiment,
        OtherModel, ModelRefused, NoParameters, NoCodes, OtherCodes, UnknownBundle, DeviceInvalid, KeyMissing, KeyRefused, KeyScope,
        TooMany, BudgetSpent, QueueFull, DeadlinePassed, StoreUnavailable, UnknownRoute, OtherMethod, Internal,
    ];
}
