using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PyEmbed.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="PythonScripts"/>.</summary>
public static class PyEmbedInProcessServiceCollectionExtensions
{
    /// <summary>Adds <see cref="PythonScripts"/> with the settings of a configuration section. They are checked when the host starts, before it listens.</summary>
    /// <param name="services">Where to add.</param>
    /// <param name="section">The section, by convention <c>PyEmbedInProcess</c>; its keys are the properties of <see cref="PyEmbedInProcessOptions"/>. One that does not exist stands for the defaults.</param>
    public static IServiceCollection AddPyEmbedInProcess(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddSingleton<IConfigureOptions<PyEmbedInProcessOptions>>(new InProcessConfiguration(section));
        return Add(services);
    }

    /// <summary>Adds <see cref="PythonScripts"/> with settings by code. May follow the other overload, to change what configuration says.</summary>
    /// <param name="services">Where to add.</param>
    /// <param name="configure">Sets what is not to be the default.</param>
    public static IServiceCollection AddPyEmbedInProcess(this IServiceCollection services, Action<PyEmbedInProcessOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(configure);
        return Add(services);
    }

    /// <summary>Adds a health check that runs a script in an isolate. Degraded where none is free within ten seconds.</summary>
    /// <param name="builder">Where to add.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What to report when the script cannot be run. Null: unhealthy.</param>
    /// <param name="tags">By which endpoints can choose checks.</param>
    public static IHealthChecksBuilder AddPyEmbedInProcess(this IHealthChecksBuilder builder, string name = "pyembed-in-process", Diagnostics.HealthChecks.HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new Diagnostics.HealthChecks.HealthCheckRegistration(name, static provider => new InProcessHealthCheck(provider.GetRequiredService<PythonScripts>()), failureStatus, tags));
    }

    private static IServiceCollection Add(IServiceCollection services)
    {
        services.AddOptions<PyEmbedInProcessOptions>().ValidateOnStart();
        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PyEmbedInProcessOptions>, InProcessValidator>());
        services.TryAddSingleton(static provider => new PythonScripts(
            provider.GetRequiredService<IOptions<PyEmbedInProcessOptions>>(), provider.GetRequiredService<IOptions<HostOptions>>(), provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<IMeterFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PyEmbedLifetime<PythonScripts>>());
        return services;
    }
}
