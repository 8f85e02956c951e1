namespace Tandem.Chat.Tests;

/// <summary>How a stub server treats a call.</summary>
internal enum Behaviour
{
    Right,
    Slow,
    NoUsage,
    Partial,
    Fenced,
    Outside,
    Repeated,
    Text,
    BrokenJson,
    WrongSchema,
    Empty,
    Html,
    Error,
    Limited,
    Refused,
    CutOff,
    Hang,
}

/// <summary>What a stub server was asked.</summary>
/// <param name="Hash">Of the body, so that a plan can be one of what is asked and not of when.</param>
/// <param name="Attempt">How often it came before.</param>
/// <param name="Titles">[N] of the candidates, by number from 1.</param>
internal sealed record StubCall(int Hash, int Attempt, string[] Titles)
{
    /// <summary>The stub's taste: titles backwards.</summary>
    public int[] Ranking => [.. Enumerable.Range(1, Titles.Length).OrderByDescending(number => Titles[number - 1], StringComparer.Ordinal)];

    /// <summary>What the model says, for behaviours in which it says something.</summary>
    public string Say(Behaviour behaviour)
    {
        var n = Titles.Length;
        var numbers = string.Join(',', Ranking);
        return behaviour switch
        {
            Behaviour.Partial => $$"""{"ranking":[{{string.Join(',', Ranking.Take(5))}}]}""",
            Behaviour.Fenced => $"Here is the ranking:\n```json\n{{\"ranking\":[{numbers}]}}\n```",
            Behaviour.Outside => $$"""{"ranking":[0,{{n + 1}},-3,99999999999,{{numbers}}]}""",
            Behaviour.Repeated => $$"""{"ranking":[{{Ranking[0]}},{{Ranking[0]}},{{numbers}}]}""",
            Behaviour.Text => "I would recommend the third film, then the first.",
            Behaviour.BrokenJson => $$"""{"ranking":[{{string.Join(',', Ranking.Take(7))}},1""",
            Behaviour.WrongSchema => """{"items":[{"id":"Film 001"}],"ranking":{"best":[3,2,1]}}""",
            Behaviour.Empty => "",
            _ => $$"""{"ranking":[{{numbers}}]}""",
        };
    }
}
