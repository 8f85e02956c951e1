namespace Tandem.Learning.Language.Tokenizers;

/// <summary>What a BERT's tokenizer does to a text before it looks up pieces of words. Defaults are those of models without case.</summary>
public sealed record WordPieceOptions
{
    /// <summary>Whether letters become small ones (<c>do_lower_case</c>). Default true.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Whether letters lose their accents (<c>strip_accents</c>); null, the default, where they become small ones.</summary>
    public bool? TakeOffAccents { get; init; }

    /// <summary>Whether each ideograph is a word (<c>tokenize_chinese_chars</c>). Default true.</summary>
    public bool SplitIdeographs { get; init; } = true;
}
