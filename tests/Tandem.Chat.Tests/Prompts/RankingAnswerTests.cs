using CsCheck;
using Tandem.Chat.Prompts;

namespace Tandem.Chat.Tests.Prompts;

public class RankingAnswerTests
{
    public static TheoryData<string, int[], int> Texts => new()
    {
        { """{"ranking":[3,1,2]}""", [3, 1, 2], 0 },
        { """ {"ranking": [ 3 , 1, ] , "why": "because"} """, [3, 1], 0 },
        { """{"why":{"ranking":[1]},"ranking":[2]}""", [2], 0 },
        { """{"ranking":[0,6,-1,2147483648,1e99,5]}""", [5], 5 },
        { """{"ranking":[2,2,2,1]}""", [2, 1], 2 },
        { """{"ranking":["1",null,true,[3],{"number":4},2.5,2]}""", [2], 6 },
        { """{"ranking":[4,1,1""", [4, 1], 0 }, // the end of the last number is missing: it may have been 12
        { """{"ranking":[4,1,1]""", [4, 1], 1 },
        { """{"ranking":[4,oops,1]}""", [4], 0 },
        { "Sure!\n```json\n{\"ranking\":[2,3]}\n```\nEnjoy.", [2, 3], 0 },
        { "<think>{maybe 1?}</think>{\"ranking\":[5]}", [5], 0 },
        { """{"ranking":{"first":[1,2]}}""", [], 0 },
        { """{"ranking":[[1,2],[3]]}""", [], 2 },
        { """{"Ranking":[1,2]}""", [], 0 },
        { """[3,1,2]""", [], 0 },
        { "1, 2, 3", [], 0 },
        { "", [], 0 },
        { "{", [], 0 },
        { new string('{', 100_000), [], 0 },
        { """{"ranking":""" + new string('[', 100_000), [], 1 },
        { "\ud800{\"ranking\":[1]}\udc00", [1], 0 },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Numbers_of_candidates_are_taken_and_all_else_is_dropped(string text, int[] numbers, int dropped)
    {
        var answer = RankingAnswer.Read(text, candidates: 5);
        Assert.Equal(numbers, answer.Numbers);
        Assert.Equal(dropped, answer.Dropped);
    }

    [Fact]
    public void Whatever_the_text_numbers_are_distinct_and_of_this_call()
    {
        string[] pieces =
        [
            "{", "}", "[", "]", ",", ":", "\"", "\"ranking\"", "ranking", "{\"ranking\":[", "]}", "1", "2", "17", "-4", "0.5",
            "1e3", "null",
            "\\", "\\u0031", "\u202e", "\ud83d", " ", "\n", "<|im_end|>", "```", "//", "/*", "*/",
        ];
        var texts = Gen.Int[0, pieces.Length - 1].Array[0, 40].Select(drawn => string.Concat(drawn.Select(i => pieces[i])));
        texts.Sample(text => Check(text, 20), iter: 20_000);
        Gen.String.Sample(text => Check("{\"ranking\":[" + text, 20), iter: 2_000);

        static void Check(string text, int candidates)
        {
            var numbers = RankingAnswer.Read(text, candidates).Numbers;
            Assert.All(numbers, number => Assert.InRange(number, 1, candidates));
            Assert.Equal(numbers.Distinct(), numbers);
        }
    }

    [Fact]
    public void A_whole_ranking_is_read_back()
    {
        Gen.Shuffle(Enumerable.Range(1, 50).ToArray()).Sample(order =>
            Assert.Equal(order, RankingAnswer.Read($$"""{"ranking":[{{string.Join(", ", order)}}]}""", 50).Numbers));
    }
}
