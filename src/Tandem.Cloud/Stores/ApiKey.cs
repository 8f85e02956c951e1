namespace Tandem.Cloud.Stores;

/// <summary>What is kept of an API key. The key itself is shown once, when it is made, and never kept.</summary>
/// <param name="Id">Names the key in lists and logs; no secret. 1 to 64 characters.</param>
/// <param name="App">The app whose devices it is for.</param>
/// <param name="Scope">What it allows.</param>
/// <param name="Hash">SHA-256 of the key, 32 bytes; keys are random numbers of 256 bits, so no slow hash is needed.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Expires">Unix seconds after which it is refused; null for none.</param>
public sealed record ApiKey(string Id, string App, ApiScope Scope, byte[] Hash, long Created, long? Expires)
{
    /// <summary>Longest <see cref="Id"/>, in characters.</summary>
    public const int LongestId = 64;
}
