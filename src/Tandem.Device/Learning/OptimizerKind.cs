namespace Tandem.Device.Learning;

/// <summary>How a gradient becomes a step.</summary>
public enum OptimizerKind
{
    /// <summary>Adam (arXiv 1412.6980) with β 0.9 and 0.999: steps of about the rate, whatever the size of the gradient.</summary>
    Adam,

    /// <summary>The rate times the gradient. No memory beside it.</summary>
    Sgd,
}
