using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore;

/// <summary>Reads <see cref="PyEmbedOptions"/> from a configuration section.</summary>
internal sealed class PyEmbedConfiguration(IConfiguration configuration) : IConfigureOptions<PyEmbedOptions>
{
    /// <exception cref="OptionsValidationException">A key is unknown, or a value cannot be read.</exception>
    public void Configure(PyEmbedOptions options)
    {
        options.Prefix = SectionReader.Prefix(configuration);
        SectionReader.Bind(configuration, options,
        [
            .. SectionReader.Unknown(configuration, typeof(PyEmbedOptions)),
            .. SectionReader.Unknown(configuration.GetSection(nameof(PyEmbedOptions.Limits)), typeof(PythonWorkerLimits)),
            .. SectionReader.Unknown(configuration.GetSection(nameof(PyEmbedOptions.Capabilities)), typeof(PythonCapabilities)),
        ]);
    }
}
