namespace Tandem.Cloud.Stores;

/// <summary>Keeps which items an app has none of at present.</summary>
public interface IItemStore
{
    /// <summary>Keys of the items that are unavailable.</summary>
    /// <param name="app">Whose.</param>
    /// <param name="cancel">Ends the call.</param>
    Task<IReadOnlySet<string>> UnavailableAsync(string app, CancellationToken cancel = default);

    /// <summary>Marks items, all or none of them; those that are marked so already stay as they are.</summary>
    /// <param name="app">Whose.</param>
    /// <param name="unavailable">Keys of items that are from now on.</param>
    /// <param name="available">Keys of items that no longer are.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <exception cref="ArgumentException">A key is empty, longer than its limit or cannot be kept; nothing was marked.</exception>
    Task MarkAsync(
        string app, IReadOnlyCollection<string> unavailable, IReadOnlyCollection<string> available, CancellationToken cancel = default);
}
