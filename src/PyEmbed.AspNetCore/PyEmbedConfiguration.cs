using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore;

/// <summary>Reads <see cref="PyEmbedOptions"/> from a configuration section. A key that is no setting is an error, as is a value of another type.</summary>
internal sealed class PyEmbedConfiguration(IConfiguration configuration) : IConfigureOptions<PyEmbedOptions>
{
    private readonly string prefix = configuration is IConfigurationSection section ? section.Path + ":" : "";

    /// <exception cref="OptionsValidationException">A key is unknown, or a value cannot be read.</exception>
    public void Configure(PyEmbedOptions options)
    {
        options.Prefix = prefix;
        string[] unknown =
        [
            .. Unknown(configuration, typeof(PyEmbedOptions)),
            .. Unknown(configuration.GetSection(nameof(PyEmbedOptions.Limits)), typeof(PythonWorkerLimits)),
            .. Unknown(configuration.GetSection(nameof(PyEmbedOptions.Capabilities)), typeof(PythonCapabilities)),
        ];
        if (unknown.Length > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(PyEmbedOptions), unknown);
        }

        try
        {
            configuration.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(PyEmbedOptions),
                [$"{e.Message} {e.InnerException?.Message} Write numbers as 4, times as 00:00:05 (hours, minutes, seconds), switches as true or false.".Replace("  ", " ", StringComparison.Ordinal)]);
        }
    }

    private static IEnumerable<string> Unknown(IConfiguration section, Type settings)
    {
        string[] names = Array.ConvertAll(settings.GetProperties(BindingFlags.Public | BindingFlags.Instance), property => property.Name);
        return from child in section.GetChildren()
               where !names.Contains(child.Key, StringComparer.OrdinalIgnoreCase)
               select $"{child.Path}{(child.Value is null ? "" : $" ('{child.Value}')")} is no setting of PyEmbed. Remove it, or use one of {string.Join(", ", names.Order(StringComparer.Ordinal))}.";
    }
}
