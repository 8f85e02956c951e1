namespace Tandem.Cloud.Access;

/// <summary>What is known of a caller; tokens (JWT) carry the same claims.</summary>
internal static class ApiClaims
{
    /// <summary>The app that it belongs to.</summary>
    public const string App = "app";

    /// <summary>What it may do: the name of an <see cref="Stores.ApiScope"/> in lower case.</summary>
    public const string Scope = "scope";

    /// <summary>The key's id, or the token's subject: for limits and logs.</summary>
    public const string Caller = "sub";
}
