namespace Tandem.Cli;

/// <summary>What a device's model is made of.</summary>
internal enum DeviceKnowledge
{
    /// <summary>Events, and counts of what followed what: what the cloud alone knows text for.</summary>
    Behaviour,

    /// <summary>The text of items as well, compiled into the bundle.</summary>
    Compiled,
}
