namespace Tandem.Chat.Clients;

/// <summary>Where a chat model is.</summary>
public sealed record ChatServerOptions
{
    /// <summary>The server's protocol.</summary>
    public required ChatServerKind Kind { get; init; }

    /// <summary>
    /// Address, without what a call adds: <c>https://HOST/v1</c> for OpenAI's protocol, <c>http://localhost:11434</c> for Ollama.
    /// </summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Name of the environment variable that holds the API key; null, the default, for a server that wants none.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>Every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (!Enum.IsDefined(Kind)) yield return $"Kind is {(int)Kind}; expected OpenAI or Ollama";
        var isHttp = Endpoint is { IsAbsoluteUri: true, Scheme: "http" };
        if (!isHttp && Endpoint is not { IsAbsoluteUri: true, Scheme: "https" })
            yield return $"Endpoint is '{Endpoint}'; expected an address such as https://HOST/v1";
        else if (Endpoint.UserInfo.Length > 0)
            yield return "Endpoint holds a name or password; give the key by KeyVariable";
        if (KeyVariable is null) yield break;
        if (KeyVariable.Length == 0 || !KeyVariable.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            yield return "KeyVariable is no name of a variable; expected letters, digits and '_': the name, never the key";
        if (isHttp && !Endpoint.IsLoopback)
            yield return $"Endpoint {Endpoint.GetLeftPart(UriPartial.Authority)} would be sent the key unencrypted; expected https";
    }
}
