using System.Security.Cryptography;
using System.Text;
using Tandem.Chat.Calls;
using Tandem.Chat.Clients;
using Tandem.Chat.Prompts;

namespace Tandem.Chat;

/// <summary>How a chat model puts candidates in order, and what that may cost.</summary>
public sealed record ChatRankingOptions
{
    /// <summary>Name of the model, as its server knows it.</summary>
    public required string Model { get; init; }

    /// <summary>Where the model is; null, the default, where the program brings a client of its own.</summary>
    public ChatServerOptions? Server { get; init; }

    /// <summary>
    /// Candidates that are retrieved and ranked, 2 to 200. Default 50, the length of a list in simulations; the prompt and the price
    /// grow with it.
    /// </summary>
    public int Retrieve { get; init; } = 50;

    /// <summary>Newest items of a history whose titles are sent, 1 to 1,000. Default 20, not tuned.</summary>
    public int History { get; init; } = 20;

    /// <summary>Characters of a title that are sent at most, 8 to 1,000. Default 120, not tuned.</summary>
    public int LongestTitle { get; init; } = 120;

    /// <summary>In which order the model reads the candidates. Default as they were retrieved.</summary>
    public CandidateOrder Order { get; init; } = CandidateOrder.Retrieved;

    /// <summary>
    /// From the retrieved list to the ranked one, retries and waiting for a place at the model included. Default 4 s: a second less than
    /// the service gives an answer.
    /// </summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Of one call; null, the default, for what is left of <see cref="Deadline"/>, so that a call that hangs is not made again.
    /// </summary>
    public TimeSpan? CallTimeout { get; init; }

    /// <summary>Calls that are made again for one list, after faults that may pass, 0 to 10. Default 2.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>
    /// Before the first retry, on average; each further one waits twice as long, or as long as the server asks. Default 200 ms.
    /// </summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long no call is made once half of ten calls or more within half a minute have failed, so that lists do not wait for a server
    /// that is down; then one call tries. Half a second to an hour; null for never. Default 10 s.
    /// </summary>
    public TimeSpan? Pause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls that are under way at the same time, 1 to 1,000. Default 8, not tuned.</summary>
    public int MostAtOnce { get; init; } = 8;

    /// <summary>
    /// Most tokens that an answer may have; null, the default, for 64 and 8 for each candidate: a number of three digits takes at most
    /// 3, its comma and a blank one each, and a model that thinks before it answers needs a number given here.
    /// </summary>
    public int? OutputTokens { get; init; }

    /// <summary>0, the default: the likeliest answer; null sends none, for models that take none.</summary>
    public float? Temperature { get; init; } = 0;

    /// <summary>Sent to the model, and of the draws here: waits and shuffling. Default 1; null sends none and draws by 1.</summary>
    public int? Seed { get; init; } = 1;

    /// <summary>What calls may cost. Default anything.</summary>
    public ChatBudgetOptions Budget { get; init; } = new();

    /// <summary>Answers that are kept.</summary>
    public AnswerCacheOptions Cache { get; init; } = new();

    /// <summary>Names the model, the instruction and what decides on an answer: lists with the same one compare.</summary>
    internal string Version
    {
        get
        {
            var text = FormattableString.Invariant(
                $"{RankingPrompt.Instruction}\0{RankingPrompt.AnswerSchema}\0")
                + FormattableString.Invariant($"{Retrieve}/{History}/{LongestTitle}/{Order}/{Temperature}/{Seed}");
            return $"{Model}@{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8]}";
        }
    }

    /// <summary>Most tokens of an answer about so many candidates.</summary>
    internal int OutputTokensFor(int candidates) => OutputTokens ?? 64 + 8 * candidates;

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate() => Faults()
        .Concat(Server is null ? [] : Named(nameof(Server), Server.Validate()))
        .Concat(Named(nameof(Budget), Budget.Validate())).Concat(Named(nameof(Cache), Cache.Validate()));

    private static IEnumerable<string> Named(string part, IEnumerable<string> faults) => faults.Select(fault => $"{part}.{fault}");

    private IEnumerable<string> Faults()
    {
        if (Model is null or { Length: 0 or > 100 } || Model.Any(char.IsControl)) yield return "Model is no name of 1 to 100 characters";
        if (Retrieve is < 2 or > 200) yield return $"Retrieve is {Retrieve}; expected 2 to 200";
        if (History is < 1 or > 1_000) yield return $"History is {History}; expected 1 to 1000";
        if (LongestTitle is < 8 or > 1_000) yield return $"LongestTitle is {LongestTitle}; expected 8 to 1000 characters";
        if (!Enum.IsDefined(Order)) yield return $"Order is {(int)Order}; expected Retrieved or Shuffled";
        if (!IsTime(Deadline)) yield return $"Deadline is {Deadline}; expected more than zero and at most an hour";
        if (CallTimeout is { } call && !IsTime(call)) yield return $"CallTimeout is {call}; expected more than zero and at most an hour";
        if (Retries is < 0 or > 10) yield return $"Retries is {Retries}; expected 0 to 10";
        if (!IsTime(RetryDelay)) yield return $"RetryDelay is {RetryDelay}; expected more than zero and at most an hour";
        if (Pause is { } pause && (pause < TimeSpan.FromSeconds(0.5) || pause > TimeSpan.FromHours(1)))
            yield return $"Pause is {pause}; expected half a second to an hour, or null";
        if (MostAtOnce is < 1 or > 1_000) yield return $"MostAtOnce is {MostAtOnce}; expected 1 to 1000";
        if (OutputTokens is < 16 or > 100_000) yield return $"OutputTokens is {OutputTokens}; expected 16 to 100000";
        if (Temperature is { } heat && heat is not (>= 0 and <= 2)) yield return $"Temperature is {heat}; expected 0 to 2";
    }

    private static bool IsTime(TimeSpan time) => time > TimeSpan.Zero && time <= TimeSpan.FromHours(1);
}
