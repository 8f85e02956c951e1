using System.CommandLine;
using System.Globalization;
using Tandem.Learning.Language.Checkpoints;
using Tandem.Learning.Language.Generation;
using Tandem.Learning.Language.Tokenizers;
using Tandem.Learning.Layers;

namespace Tandem.Cli.Verbs;

/// <summary><c>tandem language score|generate|tokenize</c>: what a checkpoint computes, token by token.</summary>
internal static class LanguageVerb
{
    private static readonly Option<bool> _json = CommonOptions.Json();
    private static readonly Option<int> _threads = CommonOptions.Threads();
    private static readonly Option<string> _checkpoint = new("--checkpoint")
    {
        Description = "a model's folder as Hugging Face's libraries write it: T5, mT5, Llama, Mistral, Qwen 2 or Qwen 3",
        HelpName = "DIR",
        Required = true,
    };

    private static readonly Option<ArithmeticKind> _arithmetic = new("--arithmetic")
    {
        Description = "what is computed in, whatever type the weights are kept in: f32, or bf16, faster where the processor has it",
        HelpName = "f32|bf16",
        DefaultValueFactory = _ => ArithmeticKind.F32,
    };

    private static readonly Option<AcceleratorKind> _accelerator = new("--accelerator")
    {
        Description = "what is computed on",
        HelpName = "cpu|cuda",
        DefaultValueFactory = _ => AcceleratorKind.Cpu,
    };

    private static readonly Option<string> _ids = new("--ids")
    {
        Description = "tokens of the prompt, by number",
        HelpName = "N,N,…",
        Required = true,
    };

    public static Command Create() => new("language", "what an open checkpoint computes")
    {
        Score(), Generate(), Tokenize(),
    };

    private static Command Score()
    {
        var written = new Option<string?>("--decoder-ids")
        {
            Description = "with an encoder: tokens that are written, from the start token on (default: it alone)",
            HelpName = "N,N,…",
        };
        var all = new Option<bool>("--all") { Description = "logits at every position, not the last alone" };
        var verb = new Command("score", "logits of every token as the next one")
        {
            _checkpoint, _ids, written, all, _arithmetic, _accelerator, _threads, _json,
        };
        verb.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(_threads));
            using var checkpoint = Open(parsed);
            var rows = Guarded(() => checkpoint.Score(
                Numbers("--ids", parsed.GetRequiredValue(_ids)),
                parsed.GetValue(written) is { } told ? Numbers("--decoder-ids", told) : null));
            var logits = parsed.GetValue(all) ? rows : [rows[^1]];
            if (parsed.GetValue(_json)) JsonLine.Print(new { Logits = logits });
            else Print(logits);
            return 0;
        });
        return verb;
    }

    private static Command Generate()
    {
        var beams = new Option<int>("--beams") { Description = "continuations that are kept at each step", DefaultValueFactory = _ => 1 };
        var count = new Option<int>("--new-tokens") { Description = "most tokens that are written", DefaultValueFactory = _ => 20 };
        var end = new Option<int?>("--eos") { Description = "the token that ends a text (default: the configuration's)" };
        var ignore = new Option<bool>("--ignore-eos") { Description = "take the end of a text for a token like any other" };
        var verb = new Command("generate", "what the model writes behind a prompt")
        {
            _checkpoint, _ids, beams, count, end, ignore, _arithmetic, _accelerator, _threads, _json,
        };
        verb.SetAction((parsed, cancel) =>
        {
            CommonOptions.UseThreads(parsed.GetValue(_threads));
            using var checkpoint = Open(parsed);
            var stop = parsed.GetValue(ignore) ? [] : parsed.GetValue(end) is { } named ? [named] : checkpoint.Ends;
            var found = Guarded(() => new TokenSearch(checkpoint.Model).Search(
                Numbers("--ids", parsed.GetRequiredValue(_ids)), parsed.GetValue(beams), parsed.GetValue(count), stop, cancel));
            if (parsed.GetValue(_json))
                JsonLine.Print(new { Beams = found.Select(one => new { Ids = one.Tokens, one.LogProbability }) });
            else
                foreach (var one in found) Terminal.Output.PrintLine(Line(one));
            return Task.FromResult(0);
        });
        return verb;
    }

    private static LanguageCheckpoint Open(ParseResult parsed)
    {
        var accelerator = parsed.GetValue(_accelerator);
        if (Accelerators.Fault(accelerator) is { } missing) throw new UsageException(missing);
        var checkpoint = LanguageCheckpoint.Open(parsed.GetRequiredValue(_checkpoint));
        checkpoint.Model.Arithmetic = parsed.GetValue(_arithmetic);
        checkpoint.MoveTo(accelerator);
        return checkpoint;
    }

    private static Command Tokenize()
    {
        var model = new Option<string>("--model")
        {
            Description = "a folder with a tokenizer's files, or a SentencePiece model",
            HelpName = "DIR|FILE",
            Required = true,
        };
        var text = new Option<string>("--text") { Description = "what is told in tokens", HelpName = "TEXT", Required = true };
        var verb = new Command("tokenize", "a text as tokens, without any at its beginning or end") { model, text, _json };
        verb.SetAction(parsed =>
        {
            var tokenizer = TokenizerFolder.Open(parsed.GetRequiredValue(model));
            var ids = tokenizer.Encode(parsed.GetRequiredValue(text));
            if (parsed.GetValue(_json)) JsonLine.Print(new { Ids = ids });
            else Terminal.Output.PrintLine($"{string.Join(' ', ids)}  ({tokenizer.Kind}; back: {tokenizer.Decode(ids)})");
            return 0;
        });
        return verb;
    }

    private static T Guarded<T>(Func<T> compute)
    {
        try
        {
            return compute();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message.Split(" (Parameter", 2)[0]); // the name is one of the program's
        }
    }

    private static void Print(IReadOnlyList<float[]> rows)
    {
        foreach (var row in rows)
        {
            var best = row.Select((logit, token) => (logit, token)).OrderByDescending(one => one.logit).Take(10);
            Terminal.Output.PrintLine("best: " + string.Join(", ", best.Select(one => string.Create(
                CultureInfo.InvariantCulture, $"{one.token} ({one.logit:0.0000})"))));
        }
    }

    private static string Line(WrittenTokens one) =>
        string.Create(CultureInfo.InvariantCulture, $"{one.LogProbability:0.0000}  {string.Join(' ', one.Tokens)}");

    private static int[] Numbers(string option, string told) =>
    [
        .. told.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(word =>
            int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new UsageException($"{option}: '{word}' is no token; expected whole numbers between commas")),
    ];
}
