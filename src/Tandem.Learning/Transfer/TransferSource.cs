using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Tandem.Learning.Transfer;

/// <summary>
/// The weights that knowledge is taken from, by name: copies of a network's parameters or of a checkpoint's tensors, which are frozen, or
/// those of a network that is trained beside the target, as they are at the moment. The network itself is not touched.
/// </summary>
public sealed class TransferSource
{
    private readonly IReadOnlyDictionary<string, SourceMatrix> _tensors;
    private readonly Lazy<string> _hash;
    private readonly Dictionary<string, Parameter> _trained = new(StringComparer.Ordinal);

    private TransferSource(IReadOnlyDictionary<string, SourceMatrix> tensors) =>
        (_tensors, _hash) = (tensors, new(() => HashOf(tensors)));

    /// <summary>By name; vectors are left out. Of a network that is trained beside, as they were at first.</summary>
    public IReadOnlyDictionary<string, SourceMatrix> Tensors => _tensors;

    /// <summary>Names these numbers: a training that took others is another one.</summary>
    public string Hash => _hash.Value;

    /// <summary>The same network before its training, under the same names; null where it is not known.</summary>
    public TransferSource? Untrained { get => IsTrainedBeside ? new(_tensors) : field; init; }

    /// <summary>True where the network goes on learning.</summary>
    internal bool IsTrainedBeside => _trained.Count > 0;

    /// <summary>Takes matrices by name, without a copy.</summary>
    public static TransferSource Of(IReadOnlyDictionary<string, SourceMatrix> matrices)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        return new(matrices);
    }

    /// <summary>Copies a network's parameters.</summary>
    public static TransferSource Of(nn.Module network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new(network.named_parameters().Where(p => p.parameter.dim() > 1).ToDictionary(
            p => p.name, p => new SourceMatrix(p.parameter.shape, TensorValues.Copy(p.parameter)), StringComparer.Ordinal));
    }

    /// <summary>Reads a network's parameters as they are whenever they are asked for, and keeps a copy of what they were.</summary>
    /// <param name="network">It trains beside the target.</param>
    public static TransferSource Beside(nn.Module network)
    {
        var source = Of(network);
        foreach (var (name, parameter) in network.named_parameters()) source._trained[name] = parameter;
        return source;
    }

    /// <summary>Copies a checkpoint's tensors of floats.</summary>
    /// <param name="file">Weights by name.</param>
    /// <param name="untrained">See <see cref="Untrained"/>; null, the default, where it is not known.</param>
    public static TransferSource Of(SafetensorsFile file, TransferSource? untrained = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new(file.Tensors.Values.Where(entry => entry.Shape.Length > 1 && IsFloat(entry.Type)).ToDictionary(
            entry => entry.Name, entry => new SourceMatrix([.. entry.Shape.Select(n => (long)n)], entry.ToSingles()),
            StringComparer.Ordinal))
        {
            Untrained = untrained,
        };
    }

    /// <summary>Rows and columns of a matrix.</summary>
    /// <exception cref="ArgumentException">There is no such tensor, or it has no such block.</exception>
    internal (int Rows, int Columns) SizeOf(ParameterView view) => _tensors.TryGetValue(view.Name, out var tensor)
        ? view.SizeIn(tensor.Shape)
        : throw new ArgumentException(
            $"the source has no matrix '{view.Name}'; expected one of {string.Join(", ", _tensors.Keys)}", nameof(view));

    /// <summary>Elements of a matrix that is there, row-major.</summary>
    internal float[] Read(ParameterView view) => view.In(_trained.TryGetValue(view.Name, out var parameter)
        ? TensorValues.InPlace<float>(parameter)
        : _tensors[view.Name].Values).ToArray();

    private static bool IsFloat(TensorType type) => type is TensorType.F32 or TensorType.F16 or TensorType.BF16;

    private static string HashOf(IReadOnlyDictionary<string, SourceMatrix> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[8];
        foreach (var (name, tensor) in tensors.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            foreach (var n in tensor.Shape)
            {
                BinaryPrimitives.WriteInt64LittleEndian(length, n);
                hash.AppendData(length);
            }

            hash.AppendData(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
