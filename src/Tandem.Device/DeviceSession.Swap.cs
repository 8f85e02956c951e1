using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tandem.Protocol;
using Tandem.Protocol.Messages;
using Tandem.Protocol.Parameters;
using Tandem.Protocol.Safetensors;

namespace Tandem.Device;

/// <content>Other weights while it runs.</content>
public sealed partial class DeviceSession
{
    /// <summary>
    /// <see cref="ParameterPacket.Version"/> of the packet whose weights serve, by themselves or beneath what was learned; null where those
    /// shipped do. Empty where the packet came with a snapshot of a build that did not keep its name.
    /// </summary>
    public string? ParameterVersion
    {
        get
        {
            using (Enter()) return _user.Packet?.Version;
        }
    }

    /// <summary>
    /// Puts weights that were made for this user in the place of those shipped, between two calls. What an earlier packet brought or the
    /// device learned goes with it. A packet that is valid for a time gives way to the shipped weights before the next call behind it.
    /// </summary>
    /// <remarks>
    /// Refused are: a packet for another model or other factors, one that has expired, weights that are not finite or overflow, a change
    /// beyond <see cref="ParameterFactors.MaxNorm"/>, and scores that <see cref="DeviceSessionOptions.ParameterCanary"/> would not know
    /// again.
    /// </remarks>
    /// <param name="packet">From the cloud, not trusted.</param>
    /// <param name="fault">Why it was refused; the old weights then keep serving.</param>
    public bool TryApply(ParameterPacket packet, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(packet);
        using (Enter())
        {
            var model = _user.Model;
            fault = PacketWeights.FaultOf(packet, model, Now());
            if (fault is not null) return false;
            try
            {
                var weights = PacketWeights.Of(packet, model);
                var tried = new UserModel(model, _user.Items, _history);
                tried.UseSent(weights, ServedPacket.Of(packet));
                fault = RankingCheck.FaultOfWeights(tried, _history, isNear: packet.Form != ParameterForm.Full) ?? CanaryFault(tried);
                if (fault is null) _user.TakeOver(tried);
                return fault is null;
            }
            catch (SafetensorsException e)
            {
                fault = e.Message;
                return false;
            }
        }
    }

    /// <summary>Lets go of a packet's weights, and of what was learned on them: the shipped ones serve again.</summary>
    /// <returns>False where no packet's weights served; nothing changed then.</returns>
    public bool DropParameters()
    {
        using (Enter())
        {
            if (_user.Packet is null) return false;
            _user.UseShipped();
            return true;
        }
    }

    /// <summary>
    /// Asks the cloud for weights made for this user and puts them in place. Other calls are served while the answer is awaited. It counts
    /// as the session's one call to the cloud, and waits as lists do where the cloud asked for it.
    /// </summary>
    /// <param name="cloud">Its faults, exceptions included, are told in the outcome.</param>
    /// <param name="cancel">Ends the call, whose answer is then lost.</param>
    /// <returns>What came of it; without new weights the old ones stay.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask<ParameterOutcome> RefreshParametersAsync(ICloud cloud, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        if (!TryBegin(out var request, out var began, out var obstacle)) return new(false, obstacle, null);
        CloudFault? fault = null;
        try
        {
            var answer = await CloudCalls
                .AnswerAsync<ParameterRequest, ParameterAnswer>(cloud.GetParametersAsync, request, cancel).ConfigureAwait(false);
            fault = answer.Fault;
            if (!answer.HasValue) return new(false, $"no weights, {fault}", fault);
            if (!answer.Value.TryRead(out var packet, out var refusal) || !TryApply(packet, out refusal))
                return new(false, $"weights refused: {refusal}", null);
            return new(true, $"packet {FaultText.Shorten(packet.Version)}", null);
        }
        finally
        {
            End(began, fault);
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
            {
                fault = $"the model numbers items by catalogue {model.CatalogVersion}, this session by {_user.Model.CatalogVersion}; "
                    + "start a new session";
            }
            else if (model.Shape.Items != _user.Model.Shape.Items)
            {
                fault = $"the model has {model.Shape.Items} items, this session {_user.Model.Shape.Items} of the same catalogue; "
                    + "export it again";
            }

            if (fault is not null) return false;
            if (_history.Capacity < EventCapacity(model)) _history = new(_history, EventCapacity(model));
            _user = Serve(model, _history);
            (_fusion, _own) = (FusionOf(model), OwnCandidatesOf(model));
            if (_options.Policy is null) _policy = StartPolicy(model);
            if (_user.Items is not null) _list.Drop(); // its rows were those of the old model
            Compare(_user, _list);
            return true;
        }
    }

    /// <summary>Why a packet's weights rank too little as the shipped ones do, or null.</summary>
    private string? CanaryFault(UserModel tried)
    {
        var least = _options.ParameterCanary;
        if (least <= -1) return null;
        var found = ParameterCanary.Correlation(new(tried.Model, tried.Items, _history), tried);
        return found >= least ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"the packet's scores correlate by {found:0.###} with those of the shipped weights, expected at least {least}; "
            + $"ask for another");
    }

    /// <summary>Before whatever comes behind the packet's last second.</summary>
    private void LetExpire()
    {
        if (_user.ExpiresAt < Now()) _user.UseShipped();
    }

    private bool TryBegin(
        [NotNullWhen(true)] out ParameterRequest? request, out long began, [NotNullWhen(false)] out string? obstacle)
    {
        using (Enter())
        {
            obstacle = _calls.Obstacle();
            (request, began) = (null, 0);
            if (obstacle is not null) return false;
            request = new()
            {
                CatalogVersion = _user.Model.CatalogVersion,
                ModelVersion = _user.Model.Version,
                History = _history.CopyItems(),
                Times = _history.CopyTimes(),
                Values = _history.CopyValues(),
            };
            began = _calls.Begin();
            return true;
        }
    }

    private void End(long began, CloudFault? fault)
    {
        using var turn = _gate.Enter(CalledBySession);
        _calls.End(began, fault);
    }
}
