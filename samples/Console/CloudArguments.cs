namespace Tandem.Samples;

/// <summary>The cloud service that a device asks.</summary>
internal sealed class CloudArguments
{
    /// <summary>Of <c>--cloud</c>.</summary>
    public Uri? Address { get; private set; }

    /// <summary>Of <c>--key</c>.</summary>
    public string? Key { get; private set; }

    /// <summary>Of <c>--device</c>: what the service calls this one.</summary>
    public string Device { get; private set; } = "console";

    /// <summary>Of <c>--outbox</c>: where events wait until the service has them; null where none are sent.</summary>
    public string? Outbox { get; private set; }

    /// <summary>Takes an option with its value, or leaves it.</summary>
    public bool TryTake(string option, string value)
    {
        switch (option)
        {
            case "--cloud" when Uri.TryCreate(value, UriKind.Absolute, out var address):
                Address = address;
                return true;
            case "--key":
                Key = value;
                return true;
            case "--device":
                Device = value;
                return true;
            case "--outbox":
                Outbox = value;
                return true;
            default:
                return false;
        }
    }
}
