using System.Globalization;
using System.Net;
using System.Text;
using Polly;
using Polly.CircuitBreaker;

namespace Tandem.Device.DependencyInjection;

/// <summary>Says what the pipeline refused by itself in the service's own words, with the time to wait.</summary>
internal sealed class RejectionHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException e)
        {
            return Problem(request, "the cloud failed several times and is left alone for a while", e.RetryAfter);
        }
        catch (ExecutionRejectedException)
        {
            return Problem(request, "no attempt was answered in time", null);
        }
    }

    private static HttpResponseMessage Problem(HttpRequestMessage request, string detail, TimeSpan? wait)
    {
        var seconds = wait is { } time ? string.Create(CultureInfo.InvariantCulture, $",\"retryAfterSeconds\":{time.TotalSeconds}") : "";
        return new(HttpStatusCode.BadGateway)
        {
            RequestMessage = request,
            Content = new StringContent(
                $"{{\"detail\":\"{detail}\",\"kind\":\"unreachable\"{seconds}}}", Encoding.UTF8, "application/problem+json"),
        };
    }
}
