using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Tandem.Cloud.Access;
using Tandem.Cloud.Requests;

namespace Tandem.Cloud.Operations;

/// <summary>What the OpenAPI document says of every route: its refusals, headers and keys.</summary>
internal static class ApiDocument
{
    private const string Scheme = "key", ProblemType = "application/problem+json";

    /// <summary>The refusals of a group of routes.</summary>
    public static T WithRefusals<T>(this T routes) where T : IEndpointConventionBuilder
    {
        foreach (var status in RefusalKind.All.Select(kind => kind.Status).Distinct().Order())
            routes.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), [ProblemType]));
        return routes;
    }

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Tandem",
                Version = "1",
                Description = "Lists, weights and bundles for devices, and a store of their events.",
            };
            document.Components ??= new();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Scheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "an API key of 'tandem keys add', or a token (JWT)",
                },
            };
            document.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.HttpMethod != HttpMethods.Post) return Task.CompletedTask;
            operation.Parameters ??= [];
            operation.Parameters.Add(Header(DeviceHeader.Name, "names the user's device: 1 to 128 visible ASCII characters"));
            operation.Parameters.Add(Header(RequestDeadline.Header, "milliseconds that the caller waits"));
            return Task.CompletedTask;
        });
    }

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
