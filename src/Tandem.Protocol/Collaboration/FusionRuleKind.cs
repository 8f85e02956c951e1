using System.Text.Json.Serialization;

namespace Tandem.Protocol.Collaboration;

/// <summary>Rules of fusion that need no fitting.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FusionRuleKind>))]
public enum FusionRuleKind
{
    /// <summary>A weighted mean of both sides' log-probabilities.</summary>
    [JsonStringEnumMemberName("logLinear")]
    LogLinear,

    /// <summary>A weighted mean of both sides' scores, each stretched to 0 … 1 over the candidates.</summary>
    [JsonStringEnumMemberName("minMax")]
    MinMax,
}
