using Tandem.Data;
using Tandem.Learning.Backbones;
using Tandem.Learning.Export;
using Tandem.Learning.Export.Onnx;

namespace Tandem.Learning.Runs;

/// <summary>A trained model in a form that others run.</summary>
/// <param name="model">As a run keeps it.</param>
/// <param name="dataset">That it was trained on.</param>
public sealed class ModelExport(IItemScorer model, SequenceDataset dataset)
{
    /// <summary>What a graph of the model leaves out; null where it has all.</summary>
    public string? GraphLacks => model switch
    {
        SequenceScorer { Contents.Count: > 0 } =>
            "the graph holds the network alone; what joins its scores in this run, counts and contents, is not in it",
        SequenceScorer { Successors: not null } =>
            "the graph holds the network alone; the counts of successors that join its scores in this run are not in it",
        _ => null,
    };

    /// <summary>Replaces the file.</summary>
    /// <exception cref="RunException">The model has no such form, or the path cannot be written.</exception>
    public OnnxSummary WriteOnnx(string path)
    {
        if (Directory.Exists(path))
            throw new RunException($"{path}: is a folder; expected the path of a file, such as {Path.Combine(path, "model.onnx")}");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new RunException($"{path}: no such folder {folder}; make it first or give another --out");
        var options = new OnnxOptions { Name = dataset.Name, CatalogVersion = dataset.Catalog.Version, Times = dataset.HasTimes };
        return Supported(() => model switch
        {
            SequenceScorer sequence => OnnxModel.Write(sequence.Model, path, options),
            DinScorer din => OnnxModel.Write(din.Model, path, options),
            _ => throw new NotSupportedException(
                $"'{model.Kind}' has no ONNX graph; expected a run of {ModelKinds.Names(kind => kind.HasGraph)}"),
        });
    }

    /// <summary>Replaces the folder's bundle.</summary>
    /// <param name="folder">Of the bundle.</param>
    /// <param name="items">How it holds the item table; null for the default, as a training writes it.</param>
    /// <param name="stride">Events that a full window lets go of at once; null for the default.</param>
    /// <param name="withKeys">False to leave out what the data set calls its items. Default true.</param>
    /// <returns>Bytes of its files.</returns>
    /// <exception cref="RunException">The device has no runtime for the model.</exception>
    public long WriteBundle(string folder, ItemStorage? items, int? stride, bool withKeys = true) => Supported(() =>
    {
        var options = DeviceBundleOptions.For(dataset) with { Items = items, Stride = stride };
        if (!withKeys) options = options with { Keys = null };
        switch (model)
        {
            case SequenceScorer sequence:
                DeviceBundle.Write(sequence.Model, folder, options with
                {
                    Successors = sequence.Successors,
                    Contents = sequence.Contents,
                    Factors = sequence.Factors,
                });
                break;
            case DinScorer din: DeviceBundle.Write(din.Model, folder, options with { Factors = din.Factors }); break;
            default:
                throw new NotSupportedException(
                    $"'{model.Kind}' has no device runtime, so there is no bundle of it; expected a run of "
                        + ModelKinds.Names(kind => kind.HasBundle));
        }

        return new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);
    });

    private static T Supported<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (NotSupportedException e)
        {
            throw new RunException(e.Message);
        }
    }
}
