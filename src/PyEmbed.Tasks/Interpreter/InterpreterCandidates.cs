namespace PyEmbed.Tasks.Interpreter;

/// <summary>All that a build may start, found out without starting anything.</summary>
/// <param name="Named">The interpreters of the project, or the default one.</param>
/// <param name="ForMinors">For each version that bytecode is wanted for, what else may be one, in the order of trying.</param>
/// <param name="Locator">What found them. Where one is missing, it finds what else there is.</param>
internal sealed record InterpreterCandidates(
    IReadOnlyList<InterpreterCandidate> Named,
    IReadOnlyList<(PythonMinor Minor, IReadOnlyList<string> Executables)> ForMinors,
    InterpreterLocator Locator)
{
    public static InterpreterCandidates Find(InterpreterLocator locator, string python, CompileSettings settings) => new(
        locator.FindAll(python),
        settings.Minors.Select(minor => (minor, locator.FindMinor(minor))).ToList(),
        locator);

    /// <summary>What changes when other interpreters are found, or one of them is replaced.</summary>
    /// <param name="workingDirectory">Where they are started.</param>
    public string Identity(string workingDirectory) => string.Join("\n", Named
        .Select(candidate => candidate.Executables)
        .Concat(ForMinors.Select(minor => minor.Executables))
        .SelectMany(executables => executables.Prepend(""))
        .Select(executable => executable.Length == 0 ? "" : InterpreterIdentity.Of(executable, workingDirectory)));
}
