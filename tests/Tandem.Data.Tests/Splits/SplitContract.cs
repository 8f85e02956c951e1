using CsCheck;
using Tandem.Data.Preparation;
using Tandem.Data.Splits;

namespace Tandem.Data.Tests.Splits;

/// <summary>
/// What every <see cref="ISplit"/> promises, on random histories with repeats, equal times and users of no more than one event.
/// </summary>
public abstract class SplitContract
{
    private static readonly Gen<Interaction> _event =
        from user in Gen.Int[0, 6]
        from item in Gen.Int[0, 9]
        from time in Gen.Int[1, 20]
        select new Interaction($"u{user}", $"i{item}", time, 1);

    // The first user spans all times, so that any points in time find events on both sides.
    private static readonly Gen<SequenceDataset> _datasets =
        from events in _event.Array[0, 60]
        select DatasetPreparation.Prepare(
            new ListSource([.. Enumerable.Range(0, 22).Select(i => new Interaction("u0", "i0", i, 1)), .. events]), seed: 1);

    protected abstract ISplit Create(SequenceDataset dataset);

    [Fact]
    public void Prefixes_nest() => Sample((split, user, events) =>
    {
        Assert.InRange(split.TrainLength(user), 0, split.RefitLength(user));
        Assert.InRange(split.RefitLength(user), split.TrainLength(user), events);
    });

    [Fact]
    public void Validation_lies_between_training_and_test() => Sample((split, user, events) =>
    {
        Assert.All(
            Positions(split.Validation, user), position => Assert.InRange(position, split.TrainLength(user), split.RefitLength(user) - 1));
        Assert.All(Positions(split.Test, user), position => Assert.InRange(position, split.RefitLength(user), events - 1));
    });

    [Fact]
    public void Every_event_trains_validates_or_tests_unless_nothing_is_known_before_it() => Sample((split, user, events) =>
    {
        int[] used = [.. Enumerable.Range(0, split.TrainLength(user)), .. Positions(split.Validation, user),
            .. Positions(split.Test, user)];
        var withoutHistory = split.TrainLength(user) == 0 ? Math.Min(1, events) : 0;
        Assert.Equal(Enumerable.Range(withoutHistory, events - withoutHistory), used);
    });

    [Fact]
    public void Events_ascend_by_user_and_position_and_have_a_history() => _datasets.Sample(dataset =>
    {
        var split = Create(dataset);
        foreach (var events in new[] { split.Validation.ToArray(), split.Test.ToArray() })
        {
            Assert.All(events, e => Assert.True(e.Position >= 1));
            Assert.Equal(events.Distinct().OrderBy(e => e.User).ThenBy(e => e.Position), events);
        }
    });

    [Fact]
    public void Something_is_tested() => _datasets.Sample(dataset => Assert.False(Create(dataset).Test.IsEmpty));

    [Fact]
    public void The_protocol_leads_back_to_the_same_split() => _datasets.Sample(dataset =>
    {
        var split = Create(dataset);
        if (split.Validation.IsEmpty) return; // where many events share one second; such data the protocol refuses
        var again = SplitProtocol.Create(split.Protocol, dataset);
        Assert.Same(dataset, again.Dataset);
        Assert.Equal(split.Protocol, again.Protocol);
        Assert.Equal(split.Test, again.Test);
        Assert.Equal(split.Validation, again.Validation);
    });

    private void Sample(Action<ISplit, int, int> check) => _datasets.Sample(dataset =>
    {
        var split = Create(dataset);
        for (var user = 0; user < dataset.Users; user++) check(split, user, dataset.Sequence(user).Length);
    });

    private static int[] Positions(ReadOnlySpan<EvaluatedEvent> events, int user) =>
        [.. events.ToArray().Where(e => e.User == user).Select(e => e.Position)];
}
