using System.CommandLine;
using PyEmbed.Discovery;
using PyEmbed.Tool.Inputs;
using PyEmbed.Tool.Output;
using PyEmbed.Tool.Running;

namespace PyEmbed.Tool.Commands;

/// <summary><c>pyembed doctor</c>: which CPython an application would start here, why, whether it starts, and what is missing.</summary>
internal static class DoctorCommand
{
    private static readonly string[] Columns = ["OK", "WHAT", "FINDING"];

    public static Command Create(ToolOutput output)
    {
        Argument<string?> file = new("FILE") { Description = "A file whose trees are to run; without one, only CPython is looked at.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> python = PythonOption.Create();
        Command command = new("doctor", "Tells which CPython would be used, why, and what is missing.") { file, python };
        command.SetAction(parsed => Run(parsed.GetValue(file), parsed.GetValue(python), output));
        return command;
    }

    private static int Run(string? path, string? chosen, ToolOutput output)
    {
        using InputFile? input = path is null ? null : InputFile.Open(path, references: true);
        IReadOnlyList<PythonTree> trees = input is null ? [] : MountedTrees.Read(input);
        PythonOptions options;
        try
        {
            options = ToolPython.Options(chosen, trees, keepBytecode: true);
        }
        catch (ToolException e) when (e.ExitCode == ExitCodes.NoPython)
        {
            Print([new DoctorFinding($"{PythonOption.Name}={chosen}", e.Message, false)], isRight: false, install: null, output);
            return ExitCodes.NoPython;
        }


        // Asked anew, so that it is told what is there and not what was remembered.
        DiscoveryPlatform platform = DiscoveryPlatform.Current();
        PythonLocator locator = new(platform, new DiscoveryCache(null), InterpreterProbe.Limit);
        PythonInstallation? installation = null;
        List<DoctorFinding> findings;
        string? install = null;
        try
        {
            installation = locator.Find(options);
            findings = [.. Steps(locator), .. Examine(options, installation, input)];
        }
        catch (PythonRuntimeNotFoundException e) when (installation is null)
        {
            // One that was named is not to be replaced but to be named rightly.
            bool isNamed = chosen is not null || (platform.Variable("PYEMBED_LIBRARY") ?? platform.Variable("PYEMBED_HOME")) is not null;
            install = isNamed ? null : locator.InstallCommand;
            string text = isNamed ? $"{e.Message} Name another, or leave it out" : $"there is none that can be used; {InstallationAdvice.Sentence(platform, locator.StaticMinor)}";
            findings = [.. Steps(locator), new DoctorFinding("CPython", text, false)];
        }

        bool isRight = findings.TrueForAll(finding => finding.IsRight is not false);
        Print(findings, isRight, install, output);
        return installation is null ? ExitCodes.NoPython : isRight ? ExitCodes.Done : ExitCodes.No;
    }

    private static IEnumerable<DoctorFinding> Steps(PythonLocator locator) => locator.Steps.Select(step => new DoctorFinding(step.Place, step.Finding, step.IsTaken ? true : null));

    private static List<DoctorFinding> Examine(PythonOptions options, PythonInstallation installation, InputFile? input)
    {
        PythonInterpreter python;
        try
        {
            python = PythonInterpreter.Start(options);
        }
        catch (Exception e) when (e is PythonRuntimeNotFoundException or InvalidOperationException or InvalidDataException)
        {
            return [new DoctorFinding("start", e.Message, false)];
        }

        using (python)
        {
            List<DoctorFinding> findings = [new("library", installation.Library, true)];
            if (ProcessPython.Started is { } started && started.Library != installation.Library)
            {
                findings.Add(new DoctorFinding("discovery", $"it remembers another library, {started.Library}: remove {DiscoveryPlatform.Current().CacheFolder}{Path.DirectorySeparatorChar}discovery-*.txt", false));
            }

            using PythonObject doctor = python.Import("pyembed._doctor");
            using PythonObject list = doctor.InvokeMethod("describe");
            foreach (PythonObject item in list)
            {
                using (item)
                {
                    (string subject, string text, bool? isRight) = item.As<(string, string, bool?)>();
                    findings.Add(new DoctorFinding(subject, text, isRight));
                }
            }

            if (input is not null)
            {
                findings.AddRange(TreeDiagnosis.Find(python, input));
            }

            return findings;
        }
    }

    private static void Print(List<DoctorFinding> findings, bool isRight, string? install, ToolOutput output)
    {
        if (!output.Json)
        {
            output.WriteTable(Columns, findings.Select(finding => (string[])[finding.Mark, finding.Subject, finding.Text]));
            return;
        }

        output.WriteJson(json =>
        {
            json.WriteBoolean("ok", isRight);
            json.WriteStartArray("findings");
            foreach (DoctorFinding finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("subject", finding.Subject);
                json.WriteString("finding", finding.Text);
                if (finding.IsRight is { } answer)
                {
                    json.WriteBoolean("ok", answer);
                }
                else
                {
                    json.WriteNull("ok");
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("install", install);
        });
    }
}
