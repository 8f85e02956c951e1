namespace Tandem.Data.Sources;

/// <summary>The names under which tables hold events, the commonest first; case, <c>_</c>, <c>-</c> and spaces do not count.</summary>
internal static class UsualNames
{
    public static readonly string[] User =
        ["user", "userid", "uid", "reviewerid", "customerid", "visitorid", "accountid", "memberid", "username"];

    public static readonly string[] Item =
    [
        "item", "itemid", "iid", "parentasin", "asin", "movieid", "productid", "businessid", "bookid", "songid", "trackid", "artistid",
            "videoid",
        "newsid", "articleid", "gameid", "isbn", "movie", "product", "book",
    ];

    public static readonly string[] Time =
        ["time", "timestamp", "ts", "unixtime", "unixtimestamp", "unixreviewtime", "eventtime", "datetime", "date", "createdat"];

    public static readonly string[] Value = ["value", "rating", "score", "stars", "starrating", "overall"];

    /// <summary>The form in which names are compared.</summary>
    public static string Plain(string name) =>
        string.Concat(name.Where(letter => letter is not ('_' or '-') && !char.IsWhiteSpace(letter))).ToLowerInvariant();
}
