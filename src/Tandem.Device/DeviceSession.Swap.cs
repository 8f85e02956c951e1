using Tandem.Device.Models;

namespace Tandem.Device;

/// <content>Other weights while it runs.</content>
public sealed partial class DeviceSession
{
    /// <summary>
    /// Puts another model in place between two calls; the history and the list stay. What was learned on the device belonged to the old
    /// weights and goes with them.
    /// </summary>
    /// <param name="model">Loaded, and so checked, from a bundle.</param>
    /// <param name="fault">Why it was refused; the old model then keeps serving.</param>
    public bool TrySwap(DeviceModel model, out string? fault)
    {
        lock (_gate)
        {
            fault = null;
            if (model.CatalogVersion != _user.Model.CatalogVersion)
                fault = $"the model numbers items by catalogue {model.CatalogVersion}, this session by {_user.Model.CatalogVersion}; start a new session";
            else if (model.Shape.Items != _user.Model.Shape.Items)
                fault = $"the model has {model.Shape.Items} items, this session {_user.Model.Shape.Items} of the same catalogue; export it again";
            if (fault is not null) return false;
            _user = Serve(model);
            return true;
        }
    }
}
