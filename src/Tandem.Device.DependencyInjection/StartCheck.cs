using Microsoft.Extensions.DependencyInjection;

namespace Tandem.Device.DependencyInjection;

/// <summary>
/// Options without settings, whose validation asks for a service: a host validates at its start what is registered so, and thus does not
/// start with options or a bundle that are refused.
/// </summary>
internal sealed class StartCheck
{
    /// <summary>Has a host ask for a service at its start.</summary>
    public static void Add<T>(IServiceCollection services) where T : class => services.AddOptions<StartCheck>()
        .Validate<IServiceProvider>((_, provider) => provider.GetRequiredService<T>() is not null, $"there is no {typeof(T).Name}")
        .ValidateOnStart();
}
