using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore;

/// <summary>Reads <see cref="PyEmbedInProcessOptions"/> from a configuration section.</summary>
internal sealed class InProcessConfiguration(IConfiguration configuration) : IConfigureOptions<PyEmbedInProcessOptions>
{
    // What would be of use to code that is not trusted, and cannot be had inside a process.
    private static readonly string[] OfWorkers = [nameof(PyEmbedOptions.Capabilities), nameof(PyEmbedOptions.Limits)];

    /// <exception cref="OptionsValidationException">A key is unknown, or a value cannot be read.</exception>
    public void Configure(PyEmbedInProcessOptions options)
    {
        options.Prefix = SectionReader.Prefix(configuration);
        string[] impossible = [.. configuration.GetChildren().Where(child => OfWorkers.Contains(child.Key, StringComparer.OrdinalIgnoreCase)).Select(child =>
            $"{child.Path}: scripts that run in this process cannot be held by {child.Key}. Remove it where they are trusted, and run others in workers (AddPyEmbed).")];
        SectionReader.Bind(configuration, options, impossible.Length > 0 ? impossible : [.. SectionReader.Unknown(configuration, typeof(PyEmbedInProcessOptions))]);
    }
}
