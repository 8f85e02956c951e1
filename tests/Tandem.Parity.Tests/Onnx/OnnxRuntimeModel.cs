using Microsoft.ML.OnnxRuntime;

namespace Tandem.Parity.Tests.Onnx;

/// <summary>An exported file as another program runs it: ONNX Runtime, on one thread.</summary>
internal sealed class OnnxRuntimeModel : IDisposable
{
    /// <summary>Wider than between our own two engines: exponentials are those of another library.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>A refusal is an exception, which tests expect; the runtime would print it in red besides.</summary>
    private const OrtLoggingLevel Least = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

    private readonly InferenceSession _session;

    public OnnxRuntimeModel(string path)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = Least };
        _session = new InferenceSession(path, options);
    }

    public IReadOnlyDictionary<string, NodeMetadata> Inputs => _session.InputMetadata;

    public IReadOnlyDictionary<string, NodeMetadata> Outputs => _session.OutputMetadata;

    public ModelMetadata Metadata => _session.ModelMetadata;

    /// <summary>Each output by its name.</summary>
    public Dictionary<string, float[]> Run(long[] history, long[] candidates, long[]? times = null)
    {
        using var steps = OrtValue.CreateTensorValueFromMemory(history, [1, history.Length]);
        using var targets = OrtValue.CreateTensorValueFromMemory(candidates, [candidates.Length]);
        using var when = OrtValue.CreateTensorValueFromMemory(times ?? [], [1, times?.Length ?? 0]);
        var inputs = new Dictionary<string, OrtValue> { ["history"] = steps, ["candidates"] = targets };
        if (times is not null) inputs["times"] = when;
        using var options = new RunOptions { LogSeverityLevel = Least };
        using var outputs = _session.Run(options, inputs, _session.OutputNames);
        return _session.OutputNames.Zip(outputs, (name, value) => (name, Values: value.GetTensorDataAsSpan<float>().ToArray()))
            .ToDictionary(output => output.name, output => output.Values);
    }

    public void Dispose() => _session.Dispose();
}
