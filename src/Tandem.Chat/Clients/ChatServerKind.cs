namespace Tandem.Chat.Clients;

/// <summary>The protocol that a chat model's server speaks.</summary>
public enum ChatServerKind
{
    /// <summary>Chat completions as OpenAI has them; most hosted models and local servers offer them.</summary>
    OpenAI,

    /// <summary>Ollama's own.</summary>
    Ollama,
}
