namespace Tandem.Protocol.Collaboration;

/// <summary>When a device asks for a list, as a message can say it; what was fitted to a model and a cloud is a <see cref="GainWeights"/>.
/// </summary>
public sealed record RequestRule
{
    /// <summary>Which rule.</summary>
    public required RequestRuleKind Kind { get; init; }

    /// <summary>Its number, as <see cref="RequestRuleKind"/> tells; 0, the default, for a rule without one.</summary>
    public double Value { get; init; }

    /// <summary>Every fault, empty where it can be used.</summary>
    public IEnumerable<string> Validate()
    {
        var fault = Kind switch
        {
            RequestRuleKind.Never or RequestRuleKind.Once or RequestRuleKind.Always => Value == 0 ? null : "expected 0",
            RequestRuleKind.EveryEvents =>
                Value is >= 1 and <= int.MaxValue && Value == Math.Floor(Value) ? null : "expected a whole number from 1",
            RequestRuleKind.Random => Value is >= 0 and <= 1 ? null : "expected 0 to 1",
            RequestRuleKind.Consistency => Value >= 0 && double.IsFinite(Value) ? null : "expected 0 or more",
            _ => "and the kind is none that is known",
        };
        if (fault is not null) yield return $"request.value is {Value} for {Kind}, {fault}";
    }
}
