using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;
using Tandem.Chat.Prompts;

namespace Tandem.Chat.Calls;

/// <summary>Answers by all that was asked, so that the same history and candidates are paid for once.</summary>
/// <param name="options">Bounds.</param>
/// <param name="time">The clock.</param>
internal sealed class AnswerCache(AnswerCacheOptions options, TimeProvider time) : IDisposable
{
    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = options.MostAnswers, Clock = new Clock(time) });

    public RankingAnswer? Find(string key) => _answers.Get<RankingAnswer>(key);

    public void Add(string key, RankingAnswer answer)
    {
        if (options.MostAnswers == 0) return;
        _answers.Set(key, answer, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = options.LongestAge });
    }

    public void Dispose() => _answers.Dispose();

    private sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
