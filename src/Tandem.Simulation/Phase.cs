using Tandem.Data;
using Tandem.Data.Splits;

namespace Tandem.Simulation;

/// <summary>What is replayed: the events before the validation target, to tune on, or those before the test target, to report.</summary>
public sealed class Phase
{
    private readonly LeaveOneOut _split;
    private readonly bool _test;

    private Phase(LeaveOneOut split, bool test) => (_split, _test) = (split, test);

    /// <summary>Histories s[:-2], targets s[-2].</summary>
    public static Phase Validation(LeaveOneOut split) => new(split, test: false);

    /// <summary>Histories s[:-1], targets s[-1].</summary>
    public static Phase Test(LeaveOneOut split) => new(split, test: true);

    /// <summary>True for the events before the test targets.</summary>
    public bool IsTest => _test;

    /// <summary><c>validation</c> or <c>test</c>.</summary>
    public string Name => _test ? "test" : "validation";

    /// <summary>True where it is known when events happened.</summary>
    public bool HasTimes => _split.Dataset.HasTimes;

    /// <summary>Users with a target.</summary>
    public ReadOnlySpan<int> Users => _split.EvaluatedUsers;

    /// <summary>What the device has seen, oldest first, with times and values where the data have them.</summary>
    public History History(int user) =>
        _split.Dataset.Prefix(user, (_test ? _split.TestHistory(user) : _split.ValidationHistory(user)).Length);

    /// <summary>What the cloud has received: all but the last d events.</summary>
    public History CloudHistory(int user, int lag)
    {
        var history = History(user);
        return history.First(Math.Max(0, history.Length - lag));
    }

    /// <summary>What came next.</summary>
    public int Target(int user) => _test ? _split.TestTarget(user) : _split.ValidationTarget(user);
}
