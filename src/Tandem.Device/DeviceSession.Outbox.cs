namespace Tandem.Device;

/// <content>Events on their way to the cloud.</content>
public sealed partial class DeviceSession
{
    private EventOutbox? _outbox;

    /// <summary>
    /// Where events go that the cloud is to keep: each that is observed from now on, when it counts here. Null, the default, for none. One
    /// that is taken back is taken out again, unless it is sent already: the cloud then keeps it. What the outbox does not take it counts
    /// (<see cref="EventOutbox.DroppedEvents"/>), and the session goes on. Whoever sets it disposes of it.
    /// </summary>
    /// <exception cref="ArgumentException">It is of another catalogue.</exception>
    public EventOutbox? Outbox
    {
        get
        {
            using (Enter()) return _outbox;
        }
        set
        {
            using (Enter())
            {
                if (value is not null && value.CatalogVersion != _user.Model.CatalogVersion)
                {
                    throw new ArgumentException(
                        $"the outbox numbers items by catalogue {value.CatalogVersion}, this session by {_user.Model.CatalogVersion}; "
                        + "keep an outbox for each catalogue", nameof(value));
                }

                _outbox = value;
            }
        }
    }
}
