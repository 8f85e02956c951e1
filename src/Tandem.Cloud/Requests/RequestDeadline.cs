using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tandem.Cloud.Requests;

/// <summary>Until when an answer is of use: the client's own deadline, the service's, or until the client goes away.</summary>
internal readonly struct RequestDeadline : IDisposable
{
    /// <summary>Milliseconds that the client waits.</summary>
    public const string Header = "Tandem-Deadline";

    private readonly CancellationTokenSource _source;

    private RequestDeadline(CancellationTokenSource source) => _source = source;

    /// <summary>Cancelled when it has passed.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Reads the header.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="longest">The service's own.</param>
    /// <param name="refusal">Where the header is no number; else null.</param>
    public static RequestDeadline Of(HttpContext context, TimeSpan longest, out Refusal? refusal)
    {
        refusal = null;
        var named = context.Request.Headers[Header].ToString();
        if (named.Length > 0)
        {
            if (int.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0)
                longest = TimeSpan.FromMilliseconds(Math.Min(milliseconds, longest.TotalMilliseconds));
            else refusal = new(RefusalKind.FieldInvalid, $"the header {Header} is no whole number of milliseconds above 0");
        }

        var source = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        source.CancelAfter(longest);
        return new(source);
    }

    public void Dispose() => _source.Dispose();
}
