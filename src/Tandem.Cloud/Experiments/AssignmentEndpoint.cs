using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloud.Access;
using Tandem.Protocol.Messages;

namespace Tandem.Cloud.Experiments;

/// <summary><c>GET /v1/assignment</c>: the arms that a device is in.</summary>
/// <param name="log">Of what devices are given.</param>
internal sealed class AssignmentEndpoint(ExposureLog log)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/assignment", (HttpContext context, AssignmentEndpoint endpoint) => endpoint.Answer(context))
        .WithName("assignment").WithSummary("The arms of experiments that a device is in, and how it is to work.").Produces<Assignment>();

    private IResult Answer(HttpContext context)
    {
        if (!DeviceHeader.TryRead(context, out var device, out var refusal)) return refusal;
        var arms = log.ArmsOf(device);
        log.Told(device, arms);
        return TypedResults.Json(
            new Assignment { Arms = [.. arms.Given.Select(arm => new ExperimentArm(arm.Experiment, arm.Arm))], Rules = arms.Rules },
            MessageJson.Default.Assignment);
    }
}
