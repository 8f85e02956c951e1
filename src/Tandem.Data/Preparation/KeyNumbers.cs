using System.Runtime.InteropServices;

namespace Tandem.Data.Preparation;

/// <summary>Numbers keys from 0 in order of first appearance.</summary>
internal sealed class KeyNumbers
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public List<string> Keys { get; } = [];

    public int this[string key]
    {
        get
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, key, out var known);
            if (!known)
            {
                number = Keys.Count;
                Keys.Add(key);
            }
            return number;
        }
    }
}
