using System.Text;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Tests.Stores;

/// <summary>
/// What another process does until it is killed: it appends to a store and writes down what was acknowledged, a line for each append, with
/// its writer and number. What a killed process wrote to a file stays; what it had yet to write does not count as acknowledged.
/// </summary>
public sealed class AppendUntilKilled
{
    public const int Writers = 6, Each = 7;
    public const string Address = "TANDEM_TEST_APPEND_TO", Told = "TANDEM_TEST_TELL_IN";

    /// <summary>The events of an append by its number.</summary>
    public static IEnumerable<NewEvent> Events(long number) => Enumerable.Range(0, Each)
        .Select(i => new NewEvent($"{number}/{i}", $"item {(number + i) % 50}", number, i));

    [Fact(Explicit = true)]
    public async Task Of_another_test()
    {
        var told = Environment.GetEnvironmentVariable(Told);
        if (told is null) Assert.Skip("it is run by the tests of crashes, in a process of its own");
        var cancel = TestContext.Current.CancellationToken;
        await using var store = await Store.OpenAsync(Environment.GetEnvironmentVariable(Address)!, null, cancel);
        await using var stream = new FileStream(told, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var first = await store.Events.CountAsync(cancel); // so that no process repeats the ids of another
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
            async () =>
            {
                for (var number = first; ; number++)
                {
                    await store.Events.AppendAsync(new("shop", $"{writer}"), [.. Events(number)], 1, cancel);
                    lock (stream) stream.Write(Encoding.ASCII.GetBytes($"{writer} {number}\n"));
                }
            },
            cancel)));
    }
}
