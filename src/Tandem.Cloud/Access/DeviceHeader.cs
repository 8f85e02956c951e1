using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Access;

/// <summary>Which device asks.</summary>
internal static class DeviceHeader
{
    /// <summary>Names the user's device.</summary>
    public const string Name = "Tandem-Device";

    /// <summary>The app of callers without a key, where the service takes such.</summary>
    public const string OpenApp = "default";

    /// <summary>The app of the caller's key.</summary>
    public static string AppOf(HttpContext context) => context.User.FindFirstValue(ApiClaims.App) ?? OpenApp;

    /// <summary>The device, of the caller's app.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="device">It, or the default.</param>
    /// <param name="refusal">Why there is none, or null.</param>
    public static bool TryRead(HttpContext context, out DeviceId device, [NotNullWhen(false)] out Refusal? refusal)
    {
        var id = context.Request.Headers[Name].ToString();
        var fits = id.Length is > 0 and <= DeviceId.LongestId && id.All(c => c is > ' ' and <= '~');
        device = fits ? new(AppOf(context), id) : default;
        refusal = fits
            ? null
            : new(
                RefusalKind.DeviceInvalid,
                $"the header {Name} names the device by 1 to {DeviceId.LongestId} visible ASCII characters without spaces");
        return fits;
    }
}
