using System.Text.Json.Serialization;

namespace Tandem.Protocol.Collaboration;

/// <summary>Rules for asking that need no fitting.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RequestRuleKind>))]
public enum RequestRuleKind
{
    /// <summary>Never.</summary>
    [JsonStringEnumMemberName("never")]
    Never,

    /// <summary>Where there is nothing left to rank.</summary>
    [JsonStringEnumMemberName("once")]
    Once,

    /// <summary>After every event.</summary>
    [JsonStringEnumMemberName("always")]
    Always,

    /// <summary>Once in <see cref="RequestRule.Value"/> events.</summary>
    [JsonStringEnumMemberName("everyEvents")]
    EveryEvents,

    /// <summary>By chance, at the rate of <see cref="RequestRule.Value"/>.</summary>
    [JsonStringEnumMemberName("random")]
    Random,

    /// <summary>
    /// Where cloud and device rank the list as differently as <see cref="RequestRule.Value"/> or more, 0 to 1 (LSC4Rec, arXiv 2501.05647).
    /// </summary>
    [JsonStringEnumMemberName("consistency")]
    Consistency,
}
