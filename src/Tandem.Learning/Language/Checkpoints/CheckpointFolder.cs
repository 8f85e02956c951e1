using Tandem.Learning.Layers;
using Tandem.Protocol.Safetensors;
using static TorchSharp.torch;

namespace Tandem.Learning.Language.Checkpoints;

/// <summary>
/// A model's folder as Hugging Face's libraries write it: <c>config.json</c> beside one <c>model.safetensors</c>, or beside several
/// files that <c>model.safetensors.index.json</c> lists. Tensors stay on the disk until a network is filled with them: they are read to
/// where they stay, without a copy beside it.
/// </summary>
public sealed class CheckpointFolder : IDisposable
{
    internal const string WholeFile = "model.safetensors";
    internal const string IndexFile = "model.safetensors.index.json";
    private const int MostShown = 5;

    private readonly string _path;
    private readonly List<SafetensorsReader> _files = [];
    private readonly Dictionary<string, (SafetensorsReader File, TensorHeader Header)> _tensors = new(StringComparer.Ordinal);

    private CheckpointFolder(string path) => _path = path;

    /// <summary>The tensors of all files by name.</summary>
    public IEnumerable<TensorHeader> Tensors => _tensors.Values.Select(tensor => tensor.Header);

    /// <summary>Whether a folder holds a model's files, or an index of them.</summary>
    public static bool IsOne(string path) => File.Exists(Path.Combine(path, WholeFile)) || File.Exists(Path.Combine(path, IndexFile));

    /// <summary>The files that hold a folder's tensors, by what is written in it; whether they are there is not looked at.</summary>
    /// <exception cref="CheckpointFolderException">There is no index that can be read.</exception>
    internal static IEnumerable<string> FilesOf(string path) => File.Exists(Path.Combine(path, WholeFile))
        ? [Path.Combine(path, WholeFile)]
        : ShardIndex.Read(Path.Combine(path, IndexFile)).Values.Distinct().Order(StringComparer.Ordinal)
            .Select(name => Path.Combine(path, name));

    /// <summary>Opens a folder's files and reads their headers.</summary>
    /// <exception cref="CheckpointFolderException">There is no such folder, or files and index do not fit together.</exception>
    /// <exception cref="SafetensorsException">A file is damaged.</exception>
    public static CheckpointFolder Open(string path)
    {
        if (!Directory.Exists(path)) throw new CheckpointFolderException($"{path}: there is no such folder; check the path");
        var folder = new CheckpointFolder(path);
        try
        {
            if (File.Exists(Path.Combine(path, WholeFile))) folder.Add(WholeFile, listed: null);
            else if (File.Exists(Path.Combine(path, IndexFile))) folder.AddShards(ShardIndex.Read(Path.Combine(path, IndexFile)));
            else throw new CheckpointFolderException($"{path}: holds neither {WholeFile} nor {IndexFile}; expected a model as safetensors");
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole tensor into memory, as it is stored.</summary>
    /// <param name="name">One of <see cref="Tensors"/>.</param>
    /// <exception cref="SafetensorsException">It is too long, or the file has been cut off.</exception>
    internal TensorEntry Load(string name) => _tensors[name].File.Load(_tensors[name].Header.Name);

    /// <summary>Whether there is a tensor of a name.</summary>
    internal bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>Gives tensors the names by which a network knows them.</summary>
    /// <param name="to">From the name within a file.</param>
    /// <exception cref="CheckpointFolderException">Two tensors would have one name.</exception>
    internal void Rename(Func<string, string> to)
    {
        foreach (var (name, tensor) in _tensors.ToArray())
        {
            if (to(name) is var other && other == name) continue;
            _tensors.Remove(name);
            if (!_tensors.TryAdd(other, tensor))
                throw new CheckpointFolderException($"{_path}: tensors '{name}' and '{other}' are the same one; expected each once");
        }
    }

    /// <summary>A tensor's header.</summary>
    /// <exception cref="CheckpointFolderException">There is none of that name, or its shape differs.</exception>
    internal TensorHeader Require(string name, params ReadOnlySpan<int> shape)
    {
        if (!_tensors.TryGetValue(name, out var tensor))
        {
            throw new CheckpointFolderException(
                $"{_path}: has no tensor '{name}', expected one of shape {Text(shape)}; it is another model's, or fetch it again");
        }

        if (!tensor.Header.Shape.AsSpan().SequenceEqual(shape))
        {
            throw new CheckpointFolderException(
                $"{_path}: tensor '{name}' has shape {Text(tensor.Header.Shape.AsSpan())}, expected {Text(shape)} by its config.json");
        }

        return tensor.Header;
    }

    /// <summary>Makes a network and fills it with a folder's weights.</summary>
    /// <param name="folder">With safetensors, in one file or several.</param>
    /// <param name="shapes">Names and shapes of its parameters, checked before memory is taken: a configuration may claim any size.</param>
    /// <param name="make">The network, its weights of a type that is told and not drawn.</param>
    /// <param name="mayBeLeft">Which tensors it may do without.</param>
    /// <param name="widen">
    /// True for weights of float32, whatever is stored; else BF16 and F16 stay what they are where all weights have that type.
    /// </param>
    /// <returns>In evaluation.</returns>
    internal static T Load<T>(
        string folder, IEnumerable<(string Name, int[] Shape)> shapes, Func<ScalarType, T> make, Func<string, bool> mayBeLeft, bool widen)
        where T : nn.Module
    {
        using var files = Open(folder);
        TensorType[] stored = [.. shapes.Select(parameter => files.Require(parameter.Name, parameter.Shape).Type).Distinct()];
        var network = make(!widen && stored is [TensorType.BF16 or TensorType.F16] ? TensorBytes.TypeOf(stored[0]) : ScalarType.Float32);
        try
        {
            files.Fill(network, mayBeLeft);
        }
        catch
        {
            network.Dispose();
            throw;
        }

        network.eval();
        return network;
    }

    /// <summary>Fills every parameter of a network with the tensor of its name, converted to the parameter's type and device.</summary>
    /// <param name="network">Its parameters are of float types.</param>
    /// <param name="mayBeLeft">Which tensors the network may do without; any other is refused, for it belongs to another model.</param>
    /// <exception cref="CheckpointFolderException">
    /// A tensor is missing, is one too many, has another shape or holds no floats: the network is as it was.
    /// </exception>
    /// <exception cref="SafetensorsException">
    /// A file was cut off meanwhile, or holds what is no finite number: the network may be filled in part.
    /// </exception>
    public void Fill(nn.Module network, Func<string, bool>? mayBeLeft = null)
    {
        var parameters = network.named_parameters().ToArray();
        foreach (var (name, parameter) in parameters)
        {
            var header = Require(name, [.. parameter.shape.Select(n => (int)n)]);
            if (!TensorBytes.IsFloat(header.Type))
                throw new CheckpointFolderException($"{_path}: tensor '{name}' holds {header.Type}, expected F32, F16, BF16 or F64");
        }

        RefuseOthers(_tensors.Keys.Except(parameters.Select(p => p.name)).Where(name => mayBeLeft?.Invoke(name) != true));
        foreach (var (name, parameter) in parameters)
        {
            var (file, header) = _tensors[name];
            TensorBytes.Fill(parameter, header.Type, (offset, destination) => file.Read(header.Name, offset, destination));
            if (!TensorBytes.AreFinite(parameter))
            {
                throw new SafetensorsException(
                    $"{_path}: tensor '{name}' holds NaN or an infinity, expected finite numbers; fetch it again");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private void RefuseOthers(IEnumerable<string> names)
    {
        var left = names.Order(StringComparer.Ordinal).ToArray();
        if (left.Length == 0) return;
        var shown = string.Join(", ", left.Take(MostShown)) + (left.Length > MostShown ? ", ..." : "");
        throw new CheckpointFolderException(
            $"{_path}: holds {left.Length} tensors that the model has no place for ({shown}); expected a checkpoint of this architecture");
    }

    private void AddShards(Dictionary<string, string> index)
    {
        foreach (var shard in index.GroupBy(entry => entry.Value, entry => entry.Key))
        {
            if (!File.Exists(Path.Combine(_path, shard.Key)))
                throw new CheckpointFolderException($"{_path}: {IndexFile} names {shard.Key}, which is not there; fetch the folder again");
            Add(shard.Key, [.. shard]);
        }
    }

    /// <param name="name">Of the file.</param>
    /// <param name="listed">The tensors that an index finds in it; null where there is no index.</param>
    private void Add(string name, HashSet<string>? listed)
    {
        var file = SafetensorsReader.Open(Path.Combine(_path, name));
        _files.Add(file);
        if (listed is not null && !listed.SetEquals(file.Tensors.Keys))
        {
            var odd = listed.Except(file.Tensors.Keys).Concat(file.Tensors.Keys.Except(listed)).Order(StringComparer.Ordinal).First();
            throw new CheckpointFolderException($"{_path}: {name} and {IndexFile} differ about tensor '{odd}'; fetch the folder again");
        }

        foreach (var (tensor, header) in file.Tensors) _tensors.Add(tensor, (file, header));
    }

    private static string Text(ReadOnlySpan<int> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
