namespace Tandem.Data.Sources;

/// <summary>
/// Which columns of a table hold the events. Where no name is given the usual ones count, whatever their case and with or without
/// <c>_</c>, <c>-</c> and spaces; of two that are there the one that is named first here is read, and the other counts as unread.
/// </summary>
public sealed record ColumnNames
{
    /// <summary>The name that leaves times or values unread, whatever columns there are.</summary>
    public const string None = "-";

    /// <summary>
    /// Users' keys; null (default): user, user_id, uid, reviewer_id, customer_id, visitor_id, account_id, member_id or username.
    /// </summary>
    public string? User { get; init; }

    /// <summary>
    /// Items' keys; null (default): item, item_id, iid, parent_asin, asin, movie_id, product_id, business_id, book_id, song_id, track_id,
    /// artist_id, video_id, news_id, article_id, game_id, isbn, movie, product or book.
    /// </summary>
    public string? Item { get; init; }

    /// <summary>
    /// Times; null (default): time, timestamp, ts, unix_time, unix_timestamp, unix_review_time, event_time, datetime, date or created_at,
    /// and where there is none each user's events are in order.
    /// </summary>
    public string? Time { get; init; }

    /// <summary>
    /// Ratings or other strengths; null (default): value, rating, score, stars, star_rating or overall, and where there is none 1.
    /// </summary>
    public string? Value { get; init; }

    /// <summary>
    /// The unit of numbers in the column of times; null (default): seconds, or milliseconds, microseconds or nanoseconds where the median
    /// of the first 1,000 would lie beyond the year 5000 as seconds.
    /// </summary>
    public TimeUnit? TimeUnit { get; init; }
}
