using Tandem.Learning.Layers;

namespace Tandem.Learning.Personalization;

/// <summary>Builds sources by their settings.</summary>
internal static class ParameterSources
{
    /// <summary>A source, its weights drawn from torch's generator; null where the settings ask for none.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="slots">Of the network.</param>
    /// <param name="eligible">Names of the layers that may be changed.</param>
    /// <param name="width">D, of the items' rows.</param>
    /// <param name="terms">What items are like; null where no source reads it.</param>
    /// <param name="noise">Source of dropout masks.</param>
    /// <exception cref="ArgumentException">A layer may not be changed, or there is none.</exception>
    public static ParameterSource? Build(
        ParameterOptions? options, WeightSlots slots, IReadOnlyList<string> eligible, int width, ItemTerms? terms, Noise noise)
    {
        if (options is null or { Source: ParameterSourceKind.None }) return null;
        if (FaultOf(options, slots, eligible) is { } fault) throw new ArgumentException(fault, nameof(options));
        var names = options.Layers ?? eligible;
        if (options.Source == ParameterSourceKind.Precision)
            return new PrecisionSource([.. names.Select(name => new PrecisionLayer(name, slots[name]))], options, width, noise);
        var layers = names
            .Select(name => new DynamicLayer(
                name, slots[name], options.Form, options.Rank, replaces: options.Control == ParameterControl.Published))
            .ToArray();
        return options.Source switch
        {
            ParameterSourceKind.Duet => new DuetSource(layers, options, width, noise),
            ParameterSourceKind.Apg => new ApgSource(layers, options, width, noise),
            ParameterSourceKind.Solid => new SolidSource(layers, options, width, terms, noise),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Source, "no such source"),
        };
    }

    /// <summary>Why the settings do not fit a network, or null.</summary>
    /// <inheritdoc cref="Build" path="/param"/>
    public static string? FaultOf(ParameterOptions? options, WeightSlots slots, IReadOnlyList<string> eligible)
    {
        if (options is null or { Source: ParameterSourceKind.None }) return null;
        var names = options.Layers ?? eligible;
        if (eligible.Count == 0)
        {
            return "parameters: the model has no linear layer that reads each event by itself after the last that mixes events; for "
                + "gru4rec set backbone.hidden to another number than backbone.width, which gives it one";
        }

        if (names.FirstOrDefault(name => !eligible.Contains(name)) is { } other)
        {
            return $"parameters.layers: '{other}' is no linear layer that reads each event by itself after the last that mixes events; "
                + $"expected some of {string.Join(", ", eligible)}";
        }

        return options.Form == GeneratedForm.Bias && names.FirstOrDefault(name => slots[name].Bias is null) is { } bare
            ? $"parameters: '{bare}' has no bias that could be generated; set parameters.form to lowRank or full, or name layers with one"
            : null;
    }
}
