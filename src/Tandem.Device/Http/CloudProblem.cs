using System.Text.Json.Serialization;
using Tandem.Protocol.Messages;

namespace Tandem.Device.Http;

/// <summary>What a device reads of a refusal (<c>application/problem+json</c>, RFC 9457).</summary>
internal sealed record CloudProblem
{
    public const string ContentType = "application/problem+json";

    /// <summary>A summary that is constant for the code.</summary>
    public string? Title { get; init; }

    /// <summary>What was wrong with this request.</summary>
    public string? Detail { get; init; }

    /// <summary>What a device decides by; null where whoever answers knows nothing of it.</summary>
    public CloudFaultKind? Kind { get; init; }

    /// <summary>Before which the device is not to ask again.</summary>
    public double? RetryAfterSeconds { get; init; }
}

/// <summary>JSON of refusals.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 16)]
[JsonSerializable(typeof(CloudProblem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
