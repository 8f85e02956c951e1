using System.Text.Json;
using Microsoft.Extensions.AI;
using Polly;
using Polly.CircuitBreaker;
using Tandem.Chat.Calls;
using Tandem.Chat.Clients;
using Tandem.Chat.Prompts;

namespace Tandem.Chat;

/// <summary>
/// A chat model with its budget, its cache and its places: one for a process, whatever catalogues its rankers are over.
/// </summary>
/// <remarks>No fault of the model is an exception; each is counted by its reason. Safe for many threads.</remarks>
public sealed class ChatModel : IDisposable
{
    private static readonly JsonElement _schema = JsonElement.Parse(RankingPrompt.AnswerSchema);

    private readonly IChatClient _client;
    private readonly TimeProvider _time;
    private readonly ChatBudget _budget;
    private readonly AnswerCache _cache;
    private readonly SemaphoreSlim _places;
    private readonly ResiliencePipeline<ChatAttempt> _calling;
    private readonly ChatTally _tally = new();
    private readonly string _version;

    /// <param name="client">Closed with this.</param>
    /// <param name="options">Of ranking.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ChatOptionsException">The options have faults; the message names them all.</exception>
    public ChatModel(IChatClient client, ChatRankingOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        ChatOptionsException.ThrowIfAny(options.Validate());
        (_client, Options, _time, _version) = (client, options, time ?? TimeProvider.System, options.Version);
        _budget = new(options.Budget, _time);
        _cache = new(options.Cache, _time);
        _places = new(options.MostAtOnce);
        _calling = CallPipeline.Of(options, _time);
    }

    /// <summary>As given.</summary>
    public ChatRankingOptions Options { get; }

    /// <summary>What it did so far.</summary>
    public ChatCounts Counts => _tally.Counts;

    /// <summary>Tokens and money of the day, the most that calls under way can cost included.</summary>
    public (long Tokens, decimal Money) Spent => _budget.Spent;

    /// <summary>A model at a server.</summary>
    /// <param name="options">With <see cref="ChatRankingOptions.Server"/>.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ChatOptionsException">The options have faults, or the key's variable is not set.</exception>
    public static ChatModel Open(ChatRankingOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ChatOptionsException.ThrowIfAny(options.Server is null ? ["Server is missing; expected kind and endpoint"] : options.Validate());
        return new(ChatClients.Open(options.Server!, options.Model, time), options, time);
    }

    /// <summary>Closes the client.</summary>
    public void Dispose()
    {
        _client.Dispose();
        _cache.Dispose();
        _places.Dispose();
    }

    /// <summary>The numbers in the model's order; null where there is no answer, which is counted.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled; nothing else is thrown.</exception>
    internal async Task<int[]?> AskAsync(RankingPrompt prompt, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var key = prompt.KeyOf(_version);
        if (_cache.Find(key) is { } kept)
        {
            _tally.Ranked(isCached: true);
            return kept.Numbers;
        }

        var attempt = await WithinDeadlineAsync(prompt, cancel).ConfigureAwait(false);
        if (attempt.Answer is not { } answer)
        {
            _tally.Failed(attempt.Fault!.Value);
            return null;
        }

        _tally.Answered(answer.Dropped, prompt.Candidates - answer.Numbers.Length);
        _tally.Ranked(isCached: false);
        _cache.Add(key, answer);
        return answer.Numbers;
    }

    private async Task<ChatAttempt> WithinDeadlineAsync(RankingPrompt prompt, CancellationToken cancel)
    {
        var (began, calls) = (_time.GetTimestamp(), 0);
        using var deadline = new CancellationTokenSource(Options.Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        var fault = ChatFault.Crowded;
        try
        {
            await _places.WaitAsync(either.Token).ConfigureAwait(false);
            fault = ChatFault.Deadline;
            try
            {
                return await _calling.ExecuteAsync(
                    async token => Judge(await CallAsync(prompt, isRetry: calls++ > 0, cancel, token).ConfigureAwait(false)),
                    either.Token).ConfigureAwait(false);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(null, fault);
        }
        catch (BrokenCircuitException)
        {
            return new(null, ChatFault.Paused);
        }

        // To wait for longer than is left is to wait in vain.
        ChatAttempt Judge(ChatAttempt attempt) => attempt.RetryAfter > Options.Deadline - _time.GetElapsedTime(began)
            ? attempt with { IsTransient = false }
            : attempt;
    }

    /// <param name="prompt">What is told.</param>
    /// <param name="isRetry">For the counts.</param>
    /// <param name="caller">Its cancellation is thrown.</param>
    /// <param name="cancel">The caller's cancellation, or the deadline of the list, which is a fault as any other.</param>
    private async ValueTask<ChatAttempt> CallAsync(
        RankingPrompt prompt, bool isRetry, CancellationToken caller, CancellationToken cancel)
    {
        var output = Options.OutputTokensFor(prompt.Candidates);
        if (_budget.TryReserve(prompt.MostInputTokens, output) is not { } reserved) return new(null, ChatFault.Budget);
        _tally.Called(isRetry);
        using var timeout = Options.CallTimeout is { } longest ? new CancellationTokenSource(longest, _time) : new();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        var token = either.Token;
        // A client that blocks its thread or passes cancellation over holds nobody but itself.
        var call = Task.Run(() => _client.GetResponseAsync(Messages(prompt), ChatOptionsFor(output), token), CancellationToken.None);
        try
        {
            var response = await call.WaitAsync(token).ConfigureAwait(false);
            _tally.Spent(reserved.Settle(response.Usage));
            var answer = RankingAnswer.Read(response.Text, prompt.Candidates);
            if (answer.Numbers.Length > 0) return new(answer);
            _tally.Answered(answer.Dropped, missing: 0);
            return new(null, ChatFault.Invalid, IsTransient: true);
        }
        catch (Exception e) when (!token.IsCancellationRequested) // whatever a client throws is a fault of this call
        {
            var attempt = ChatAttempt.Of(e);
            if (attempt.IsUnspent) reserved.Release();
            else _tally.Spent(reserved.Settle(null));
            return attempt;
        }
        catch (Exception) // the time is up, whatever the client says to that
        {
            _ = SettleAsync(call, reserved);
            caller.ThrowIfCancellationRequested();
            return new(null, ChatFault.Deadline, IsTransient: !cancel.IsCancellationRequested);
        }
    }

    /// <summary>A call that nobody waits for any more: should it end well, it cost what it says, and else the most that it can.</summary>
    private async Task SettleAsync(Task<ChatResponse> call, ChatBudget.Reservation reserved)
    {
        UsageDetails? usage = null;
        try
        {
            usage = (await call.ConfigureAwait(false)).Usage;
        }
        catch (Exception) // it was given up
        {
        }

        _tally.Spent(reserved.Settle(usage));
    }

    private static ChatMessage[] Messages(RankingPrompt prompt) =>
        [new(ChatRole.System, RankingPrompt.Instruction), new(ChatRole.User, prompt.Data)];

    private ChatOptions ChatOptionsFor(int output) => new()
    {
        ModelId = Options.Model,
        MaxOutputTokens = output,
        Temperature = Options.Temperature,
        Seed = Options.Seed,
        ResponseFormat = ChatResponseFormat.ForJsonSchema(_schema, "ranking", "the candidates' numbers, best first"),
    };
}
