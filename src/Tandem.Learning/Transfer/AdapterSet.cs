using Tandem.Learning.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>The adapters of all pairs; those of one group and of equal shapes are one.</summary>
internal sealed class AdapterSet : nn.Module
{
    private readonly int[] _adapterOf;
    [ComponentName(Name = "adapters")] private readonly ModuleList<ParameterAdapter> _adapters;

    /// <summary>Draws the adapters' weights from Torch's generator.</summary>
    /// <param name="pairs">Group and sizes of each.</param>
    /// <param name="options">What they are.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">Sizes do not fit the adapter.</exception>
    public AdapterSet(
        IReadOnlyList<(string? Group, (int Rows, int Columns) Target, (int Rows, int Columns) Source)> pairs, TransferOptions options,
        Noise noise) : base(nameof(AdapterSet))
    {
        _adapterOf = new int[pairs.Count];
        _adapters = nn.ModuleList<ParameterAdapter>();
        var shared = new Dictionary<(string, (int, int), (int, int)), int>();
        for (var i = 0; i < pairs.Count; i++)
        {
            var (group, target, source) = pairs[i];
            if (group is null || !shared.TryGetValue((group, target, source), out _adapterOf[i]))
            {
                _adapterOf[i] = _adapters.Count;
                _adapters.Add(Build(target, source, options, noise));
                if (group is not null) shared.Add((group, target, source), _adapterOf[i]);
            }
        }

        RegisterComponents();
    }

    /// <summary>The adapter of a pair.</summary>
    public ParameterAdapter this[int pair] => _adapters[_adapterOf[pair]];

    /// <summary>True where some adapter drops elements in training.</summary>
    public bool Drops => _adapters.Any(adapter => adapter.Drops);

    /// <summary>Numbers that are trained.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    private static ParameterAdapter Build(
        (int Rows, int Columns) target, (int Rows, int Columns) source, TransferOptions options, Noise noise)
    {
        if (options.Rank is not { } rank) return Whole(target, source);
        return new LowRankAdapter(Whole((rank, target.Columns), (rank, source.Columns)), rank);

        ParameterAdapter Whole((int Rows, int Columns) T, (int Rows, int Columns) S) => options.Adapter switch
        {
            AdapterKind.Residual => new ResidualAdapter(T, S, options),
            AdapterKind.MergeNet => new MergeNetAdapter(T, S, options, noise),
            AdapterKind.RowAligned => new RowAlignedAdapter(T, S, options),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Adapter, "no such adapter"),
        };
    }
}
