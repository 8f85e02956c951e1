namespace Tandem.Protocol.Bundles;

/// <summary>A folder is not a bundle that this build can use, or cannot become one. The message says why and what to do.</summary>
/// <param name="message">What is wrong, what was expected, what to do.</param>
public sealed class BundleException(string message) : Exception(message);
