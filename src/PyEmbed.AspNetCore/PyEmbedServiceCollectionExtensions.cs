using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PyEmbed.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="PythonWorkers"/>.</summary>
public static class PyEmbedServiceCollectionExtensions
{
    /// <summary>Adds <see cref="PythonWorkers"/> with the settings of a configuration section. They are checked when the host starts, before it listens.</summary>
    /// <param name="services">Where to add.</param>
    /// <param name="section">The section, by convention <c>PyEmbed</c>; its keys are the properties of <see cref="PyEmbedOptions"/>. One that does not exist stands for the defaults.</param>
    public static IServiceCollection AddPyEmbed(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddSingleton<IConfigureOptions<PyEmbedOptions>>(new PyEmbedConfiguration(section));
        return Add(services);
    }

    /// <summary>Adds <see cref="PythonWorkers"/> with settings by code. May follow the other overload, to change what configuration says.</summary>
    /// <param name="services">Where to add.</param>
    /// <param name="configure">Sets what is not to be the default.</param>
    public static IServiceCollection AddPyEmbed(this IServiceCollection services, Action<PyEmbedOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(configure);
        return Add(services);
    }

    /// <summary>Adds a health check that runs a request in a worker. Degraded where the queue is full or no worker is free within ten seconds.</summary>
    /// <param name="builder">Where to add.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What to report when the request fails. Null: unhealthy.</param>
    /// <param name="tags">By which endpoints can choose checks.</param>
    public static IHealthChecksBuilder AddPyEmbed(this IHealthChecksBuilder builder, string name = "pyembed", Diagnostics.HealthChecks.HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new Diagnostics.HealthChecks.HealthCheckRegistration(name, static provider => new PyEmbedHealthCheck(provider.GetRequiredService<PythonWorkers>()), failureStatus, tags));
    }

    private static IServiceCollection Add(IServiceCollection services)
    {
        services.AddOptions<PyEmbedOptions>().ValidateOnStart();
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PyEmbedOptions>, PyEmbedOptionsValidator>());
        services.TryAddSingleton(static provider => new PythonWorkers(
            provider.GetRequiredService<IOptions<PyEmbedOptions>>(), provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<IMeterFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PyEmbedLifetime<PythonWorkers>>());
        return services;
    }
}
