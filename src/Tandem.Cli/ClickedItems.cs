using System.Globalization;
using Tandem.Device;

namespace Tandem.Cli;

/// <summary>Items of a bundle that a person names: by keys, or by ids where the bundle holds no keys.</summary>
internal static class ClickedItems
{
    /// <summary>Ids of what the command line names.</summary>
    /// <param name="model">Of the bundle.</param>
    /// <param name="values">A key each, or keys separated by commas.</param>
    /// <exception cref="UsageException">A key is unknown.</exception>
    public static IReadOnlyList<int> Find(DeviceModel model, IReadOnlyList<string> values)
    {
        var items = new List<int>();
        foreach (var value in values)
        {
            if (Find(model, value) is var whole and not 0)
            {
                items.Add(whole);
                continue;
            }

            foreach (var key in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                items.Add(Find(model, key) is var item and not 0 ? item : throw new UsageException($"--clicks: {Unknown(model, key)}"));
        }

        return items;
    }

    /// <summary>The item that a word names, or 0.</summary>
    public static int Find(DeviceModel model, string word)
    {
        if (model.HoldsKeys) return model.Items.Find(word);
        return int.TryParse(word, CultureInfo.InvariantCulture, out var item) && item >= 1 && item <= model.Shape.Items ? item : 0;
    }

    /// <summary>What to say of a word that names none.</summary>
    public static string Unknown(DeviceModel model, string word)
    {
        if (!model.HoldsKeys) return $"'{word}' is no item: the bundle holds no keys, and its ids run from 1 to {model.Shape.Items}";
        var hint = Nearest.Hint(word, Enumerable.Range(1, model.Shape.Items).Select(item => model.Items[item]));
        return $"no item has the key '{word}'{hint}; keys look like '{model.Items[1]}'";
    }

    /// <summary>What an item is called.</summary>
    public static string NameOf(DeviceModel model, int item) =>
        model.HoldsKeys ? model.Items[item] : item.ToString(CultureInfo.InvariantCulture);
}
