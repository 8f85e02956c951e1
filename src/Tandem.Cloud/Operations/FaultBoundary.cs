using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Cloud.Requests;
using Tandem.Cloud.Stores;

namespace Tandem.Cloud.Operations;

/// <summary>Whatever an endpoint throws becomes a refusal; what no endpoint answers, too.</summary>
internal static partial class FaultBoundary
{
    private static readonly TimeSpan _storeWait = TimeSpan.FromSeconds(1);

    public static void UseFaultBoundary(this IApplicationBuilder app, ILogger logger) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (!context.Response.HasStarted && Unanswered(context) is { } refusal)
                await refusal.ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (Exception e) // the border of the service: nothing leaves it but a refusal
        {
            var refusal = RefusalOf(e);
            if (refusal.Kind == RefusalKind.Internal) LogFault(logger, e, context.Request.Method, context.Request.Path);
            await refusal.ExecuteAsync(context).ConfigureAwait(false);
        }
    });

    /// <summary>What routing answers with a status alone.</summary>
    private static Refusal? Unanswered(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new(RefusalKind.UnknownRoute, "the service has no such address; /openapi/v1.json lists them"),
        StatusCodes.Status405MethodNotAllowed => new(RefusalKind.OtherMethod, "/openapi/v1.json lists the methods of each address"),
        StatusCodes.Status415UnsupportedMediaType => new(RefusalKind.BodyType, "expected a body of the type application/json in UTF-8"),
        _ => null,
    };

    private static Refusal RefusalOf(Exception e) => e switch
    {
        OperationCanceledException => new(
            RefusalKind.DeadlinePassed, "the answer was not made within the deadline of the request or the service", TimeSpan.FromSeconds(
                1)),
        StoreException or DbException => new(RefusalKind.StoreUnavailable, "the store does not answer; send the same again", _storeWait),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(
            RefusalKind.BodyTooLarge, "the body is longer than this address takes; send less at once"),
        BadHttpRequestException bad => new(RefusalKind.BodyMalformed, bad.Message),
        _ => new(RefusalKind.Internal, "the service could not answer; its log says why"),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogFault(ILogger logger, Exception e, string method, PathString path);
}
