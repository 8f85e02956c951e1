using System.Text;
using System.Text.Json;

namespace Tandem.Chat.Prompts;

/// <summary>The numbers that a chat model's answer holds, and nothing else of it.</summary>
/// <param name="Numbers">Distinct, from 1 to N, best first; may be fewer than N, or none.</param>
/// <param name="Dropped">Entries that were no number, outside of 1…N, or there before.</param>
internal sealed record RankingAnswer(int[] Numbers, int Dropped)
{
    private const int LongestText = 1 << 16; // 200 numbers are some 1,000 characters; the rest is for models that talk
    private const int MostTries = 32;
    private const int Deepest = 8;

    /// <summary>
    /// Reads the first object in the text that has numbers under <c>ranking</c>. What surrounds it is passed over, and an answer that
    /// was cut off counts as far as it goes: a number whose end is missing is none.
    /// </summary>
    /// <param name="text">Of any kind and length; what lies beyond 65,536 characters is not read.</param>
    /// <param name="candidates">N.</param>
    public static RankingAnswer Read(string text, int candidates)
    {
        text = text.Length > LongestText ? text[..LongestText] : text;
        var (start, dropped) = (-1, 0);
        for (var i = 0; i < MostTries && (start = text.IndexOf('{', start + 1)) >= 0; i++)
        {
            var answer = ReadObject(Encoding.UTF8.GetBytes(text, start, text.Length - start), candidates);
            if (answer.Numbers.Length > 0) return answer;
            dropped = Math.Max(dropped, answer.Dropped);
        }

        return new([], dropped);
    }

    private static RankingAnswer ReadObject(byte[] json, int candidates)
    {
        var options = new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = Deepest };
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(options));
        var (numbers, dropped) = (new List<int>(), 0);
        try
        {
            if (FindArray(ref reader)) ReadNumbers(ref reader, candidates, numbers, ref dropped);
        }
        catch (JsonException)
        {
            // No JSON from here on: what came before it counts.
        }

        return new([.. numbers], dropped);
    }

    /// <summary>Reads up to the beginning of the array under <c>ranking</c>; false where the object ends without.</summary>
    private static bool FindArray(ref Utf8JsonReader reader)
    {
        var isRanking = false;
        while (reader.Read() && (reader.CurrentDepth > 0 || reader.TokenType == JsonTokenType.StartObject))
        {
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 }) isRanking = reader.ValueTextEquals("ranking"u8);
            else if (isRanking && reader is { TokenType: JsonTokenType.StartArray, CurrentDepth: 1 }) return true;
        }

        return false;
    }

    private static void ReadNumbers(ref Utf8JsonReader reader, int candidates, List<int> numbers, ref int dropped)
    {
        var seen = new bool[candidates + 1];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number)
                && number >= 1 && number <= candidates && !seen[number])
            {
                seen[number] = true;
                numbers.Add(number);
                continue;
            }

            dropped++;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && !reader.TrySkip()) return;
        }
    }
}
