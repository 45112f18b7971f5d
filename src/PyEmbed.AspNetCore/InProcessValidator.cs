using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore;

/// <summary>Checks settings before Python is started, and names all that are wrong, each by its key, with its value and a remedy.</summary>
internal sealed class InProcessValidator : IValidateOptions<PyEmbedInProcessOptions>
{
    private const int MostIsolates = 1000;

    public ValidateOptionsResult Validate(string? name, PyEmbedInProcessOptions options)
    {
        List<string> errors = [];
        if (options.Isolates is < 1 or > MostIsolates)
        {
            errors.Add($"{options.Prefix}{nameof(options.Isolates)} is {options.Isolates}: give 1 to {MostIsolates}, or leave it out for the default.");
        }

        if (options.Output < 0)
        {
            errors.Add($"{options.Prefix}{nameof(options.Output)} is {options.Output}: give 0 or more, or leave it out for the default.");
        }

        CheckPolicy(options, errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckPolicy(PyEmbedInProcessOptions options, List<string> errors)
    {
        if (!PyEmbedOptions.Profiles.ContainsKey(options.Policy))
        {
            errors.Add($"{options.Prefix}{nameof(options.Policy)} is '{options.Policy}': give {string.Join(", ", PyEmbedOptions.Profiles.Keys)}.");
            return;
        }

        try
        {
            _ = options.ToPolicy();
        }
        catch (ArgumentException e)
        {
            errors.Add($"{options.Prefix}{e.ParamName}: {e.Message}");
        }
    }
}
