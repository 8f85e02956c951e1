using System.Diagnostics.CodeAnalysis;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device;

/// <content>Other weights while it runs.</content>
public sealed partial class DeviceSession
{
    /// <summary>
    /// Puts weights that were made for this user in the place of those shipped, between two calls. What an earlier packet brought or the
    /// device learned goes with it.
    /// </summary>
    /// <param name="packet">From the cloud, not trusted.</param>
    /// <param name="fault">Why it was refused; the old weights then keep serving.</param>
    public bool TryApply(ParameterPacket packet, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(packet);
        using (Enter())
        {
            var model = _user.Model;
            if (packet.ModelVersion != model.Version)
            {
                fault = $"the packet belongs to version {packet.ModelVersion} of the model, this session runs {model.Version}; ask for another, or fetch the bundle";
                return false;
            }

            try
            {
                var weights = model.Weights.Copy();
                model.Runner.Layout.Replace(packet.Weights, weights.Span);
                fault = RankingCheck.FaultOf(_user, _history, weights);
                if (fault is null) _user.UseSent(weights);
                return fault is null;
            }
            catch (SafetensorsException e)
            {
                fault = e.Message;
                return false;
            }
        }
    }

    /// <summary>
    /// Puts another model in place between two calls; the history stays, and the list too where
    /// the model holds its own item table. What was learned on the device belonged to the old
    /// weights and goes with them.
    /// </summary>
    /// <param name="model">Loaded, and so checked, from a bundle.</param>
    /// <param name="fault">Why it was refused; the old model then keeps serving.</param>
    public bool TrySwap(DeviceModel model, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(model);
        using (Enter())
        {
            fault = null;
            if (model.CatalogVersion != _user.Model.CatalogVersion)
                fault = $"the model numbers items by catalogue {model.CatalogVersion}, this session by {_user.Model.CatalogVersion}; start a new session";
            else if (model.Shape.Items != _user.Model.Shape.Items)
                fault = $"the model has {model.Shape.Items} items, this session {_user.Model.Shape.Items} of the same catalogue; export it again";
            if (fault is not null) return false;
            if (_history.Capacity < EventCapacity(model)) _history = new(_history, EventCapacity(model));
            _user = Serve(model, _history);
            if (_user.Items is not null) _list.Drop(); // its rows were those of the old model
            return true;
        }
    }
}
