using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore;

/// <summary>Checks settings before anything is started, and names all that are wrong, each by its key, with its value and a remedy.</summary>
internal sealed class PyEmbedOptionsValidator : IValidateOptions<PyEmbedOptions>
{
    public ValidateOptionsResult Validate(string? name, PyEmbedOptions options)
    {
        string policy = CheckPolicy(options);
        PythonWorkerOptions workers = options.ToWorkerOptions(policy.Length == 0 ? options.ToPolicy() : PythonPolicy.Restricted);
        List<string> errors =
        [
            .. workers.Problems().Select(found => $"{options.Prefix}{found.Name} {found.Problem}"),
            .. workers.Limits.Problems().Select(found => $"{options.Prefix}{nameof(options.Limits)}:{found.Name} {found.Problem}"),
        ];
        if (policy.Length > 0)
        {
            errors.Add(policy);
        }
        else
        {
            CheckTogether(workers, errors);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static string CheckPolicy(PyEmbedOptions options)
    {
        if (!PyEmbedOptions.Profiles.ContainsKey(options.Policy))
        {
            return $"{options.Prefix}{nameof(options.Policy)} is '{options.Policy}': give {string.Join(", ", PyEmbedOptions.Profiles.Keys)}.";
        }

        try
        {
            _ = options.ToPolicy();
            return "";
        }
        catch (ArgumentException e)
        {
            return $"{options.Prefix}{e.ParamName}: {e.Message}";
        }
    }

    private static void CheckTogether(PythonWorkerOptions workers, List<string> errors)
    {
        try
        {
            workers.CheckTogether();
        }
        catch (ArgumentException e)
        {
            errors.Add(e.Message);
        }
    }
}
