using System.Text;
using System.Text.Unicode;
using Tandem.Protocol.Safetensors;

namespace Tandem.Protocol.Items;

/// <summary>
/// The names by which an app knows its items, such as product numbers, and the item ids that a model uses for them. Checked when it is
/// made, and never changes.
/// </summary>
/// <remarks>
/// As tensors: <c>keys.text</c> [N] U8, the keys in UTF-8 in the order of ids, without separators; <c>keys.ends</c> [V] I32, where each
/// ends; <c>keys.order</c> [V] I32, ids in the order of their keys' bytes. A key is found by bisection, without any memory of its own.
/// </remarks>
public sealed class ItemKeys
{
    private const string TextName = "keys.text";
    private const string EndsName = "keys.ends";
    private const string OrderName = "keys.order";

    /// <summary>Longest key that is looked up without memory from the heap, in bytes.</summary>
    private const int OnStack = 512;

    private readonly ReadOnlyMemory<byte> _text;
    private readonly int[] _ends;       // [V]
    private readonly int[] _order;      // [V]

    private ItemKeys(ReadOnlyMemory<byte> text, int[] ends, int[] order) => (_text, _ends, _order) = (text, ends, order);

    /// <summary>V; ids run from 1 to V.</summary>
    public int Count => _ends.Length;

    /// <summary>The key of an item.</summary>
    /// <param name="item">From 1 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public string this[int item] => Encoding.UTF8.GetString(Utf8Of(item));

    /// <summary>The key of an item in UTF-8, where it lies.</summary>
    /// <param name="item">From 1 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public ReadOnlySpan<byte> Utf8Of(int item)
    {
        if (item < 1 || item > Count) throw new ArgumentOutOfRangeException(nameof(item), item, $"item ids run from 1 to {Count}");
        return _text.Span[(item == 1 ? 0 : _ends[item - 2]).._ends[item - 1]];
    }

    /// <summary>
    /// The id of the item with this key, or 0 where there is none. Keys are compared letter by letter: case and spaces count.
    /// </summary>
    public int Find(ReadOnlySpan<char> key)
    {
        var most = Encoding.UTF8.GetMaxByteCount(key.Length);
        Span<byte> bytes = most <= OnStack ? stackalloc byte[OnStack] : new byte[most];
        return Utf8.FromUtf16(key, bytes, out _, out var written, replaceInvalidSequences: false) == System.Buffers.OperationStatus.Done
            ? FindUtf8(bytes[..written])
            : 0; // half a surrogate pair is no text, so no key
    }

    /// <summary>The id of the item with this key in UTF-8, or 0 where there is none.</summary>
    public int FindUtf8(ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, _order.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var difference = Utf8Of(_order[middle]).SequenceCompareTo(key);
            if (difference == 0) return _order[middle];
            if (difference < 0) low = middle + 1;
            else high = middle - 1;
        }

        return 0;
    }

    /// <summary>Keys in the order of their ids: the first is that of item 1.</summary>
    /// <exception cref="ArgumentException">Two are the same, one is no text, or all together pass 2 GB.</exception>
    public static ItemKeys From(IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        var bytes = keys.Select(key => strict.GetBytes(key)).ToArray();
        if (bytes.Sum(key => (long)key.Length) > Array.MaxLength)
            throw new ArgumentException("the keys have more than 2 GB of text", nameof(keys));
        var (text, ends) = (new byte[bytes.Sum(key => key.Length)], new int[bytes.Length]);
        for (var i = 0; i < bytes.Length; i++)
        {
            var start = i == 0 ? 0 : ends[i - 1];
            bytes[i].CopyTo(text, start);
            ends[i] = start + bytes[i].Length;
        }

        var order = Enumerable.Range(1, bytes.Length).ToArray();
        Array.Sort(order, (a, b) => bytes[a - 1].AsSpan().SequenceCompareTo(bytes[b - 1]));
        var made = new ItemKeys(text, ends, order);
        return made.OrderFault() is { } fault ? throw new ArgumentException(fault, nameof(keys)) : made;
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="file">Not trusted; the keys view its bytes.</param>
    /// <param name="items">V.</param>
    /// <exception cref="SafetensorsException">
    /// A tensor is missing, has another shape or type, or the keys are not V distinct texts in order.
    /// </exception>
    public static ItemKeys Read(SafetensorsFile file, int items)
    {
        ArgumentNullException.ThrowIfNull(file);
        var ends = file.Get(EndsName, items).As<int>();
        var order = file.Get(OrderName, items).As<int>();
        if (!file.Tensors.TryGetValue(TextName, out var text) || text.Type != TensorType.U8)
            throw Refused($"there is no tensor '{TextName}' of U8");
        var start = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            if (ends[i] < start || ends[i] > text.Length)
                throw Refused($"the key of item {i + 1} ends at {ends[i]}, expected {start} to {text.Length}");
            if (!Utf8.IsValid(text.Bytes.Span[start..ends[i]])) throw Refused($"the key of item {i + 1} is not UTF-8");
            start = ends[i];
        }

        if (start != text.Length) throw Refused($"the keys end at {start} of {text.Length} bytes");
        if (order.IndexOfAnyExceptInRange(1, items) is >= 0 and var at)
        {
            throw Refused(
            $"the order names item {order[at]}, expected 1 to {items}");
        }

        var read = new ItemKeys(text.Bytes, ends.ToArray(), order.ToArray());
        return read.OrderFault() is { } fault ? throw Refused(fault) : read;
    }

    /// <summary>Adds the tensors to a file.</summary>
    public void Write(SafetensorsWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Add(TextName, _text.Span, _text.Length);
        writer.Add<int>(EndsName, _ends, _ends.Length);
        writer.Add<int>(OrderName, _order, _order.Length);
    }

    /// <summary>Keys that rise strictly are distinct, and V of them are all items.</summary>
    private string? OrderFault()
    {
        for (var i = 1; i < _order.Length; i++)
        {
            var difference = Utf8Of(_order[i - 1]).SequenceCompareTo(Utf8Of(_order[i]));
            if (difference == 0) return $"items {_order[i - 1]} and {_order[i]} have one key, {FaultText.Quote(this[_order[i]])}";
            if (difference > 0) return $"the order is not that of the keys at place {i}";
        }

        return null;
    }

    private static SafetensorsException Refused(string what) => new($"item keys: {what}; export the model again");
}
