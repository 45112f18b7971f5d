using Microsoft.Extensions.Options;

namespace PyEmbed.AspNetCore;

/// <summary>Checks settings before anything is started, and names all that are wrong, each by its key, with its value and a remedy.</summary>
internal sealed class PyEmbedOptionsValidator : IValidateOptions<PyEmbedOptions>
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, PyEmbedOptions options)
    {
        List<string> errors = [];
        CheckNumbers(options, errors);
        CheckTimes(options, errors);
        CheckPaths(options, errors);
        CheckPolicy(options, errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckNumbers(PyEmbedOptions options, List<string> errors)
    {
        PythonWorkerLimits limits = options.Limits;
        foreach ((string key, long value, long least, long most) in (ReadOnlySpan<(string, long, long, long)>)[
            (nameof(options.Workers), options.Workers, 1, 1000),
            (nameof(options.Spares), options.Spares, 0, 1000),
            (nameof(options.QueueLimit), options.QueueLimit, 0, int.MaxValue),
            (Limit(nameof(limits.Memory)), limits.Memory, 1, long.MaxValue),
            (Limit(nameof(limits.Output)), limits.Output, 1, int.MaxValue),
            (Limit(nameof(limits.Result)), limits.Result, 1, int.MaxValue),
            (Limit(nameof(limits.FileSize)), limits.FileSize, 0, long.MaxValue),
            (Limit(nameof(limits.OpenFiles)), limits.OpenFiles, 16, int.MaxValue)])
        {
            if (value < least || value > most)
            {
                errors.Add($"{options.Prefix}{key} is {value}: give {least}{(most >= int.MaxValue ? " or more" : $" to {most}")}, or leave it out for the default.");
            }
        }
    }

    private static void CheckTimes(PyEmbedOptions options, List<string> errors)
    {
        foreach ((string key, TimeSpan? value) in (ReadOnlySpan<(string, TimeSpan?)>)[
            (nameof(options.StartTime), options.StartTime),
            (Limit(nameof(options.Limits.Time)), options.Limits.Time),
            (Limit(nameof(options.Limits.CpuTime)), options.Limits.CpuTime)])
        {
            if (value <= TimeSpan.Zero || value > LongestTime)
            {
                errors.Add($"{options.Prefix}{key} is {value}: give a time above zero and of a day at most, such as 00:00:05 for five seconds (a number alone counts days), or leave it out for the default.");
            }
        }
    }

    private static void CheckPaths(PyEmbedOptions options, List<string> errors)
    {
        if (options.Interpreter is { } interpreter && !File.Exists(interpreter))
        {
            errors.Add($"{options.Prefix}{nameof(options.Interpreter)} is '{interpreter}', where no file is: give the path of a python program, or leave it out to have one found.");
        }
    }

    private static void CheckPolicy(PyEmbedOptions options, List<string> errors)
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

    private static string Limit(string name) => $"{nameof(PyEmbedOptions.Limits)}:{name}";
}
