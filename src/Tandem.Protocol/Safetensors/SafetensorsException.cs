namespace Tandem.Protocol.Safetensors;

/// <summary>A safetensors file is damaged, or does not hold what was asked of it. The message says what was found and expected.</summary>
/// <param name="message">What is wrong, what was expected, what to do.</param>
public sealed class SafetensorsException(string message) : Exception(message);
