using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace PyEmbed.Manifest.Tests.Rules;

/// <summary>The reader of rules that is written in Python, in one process of a plain CPython that answers a question a line.</summary>
internal sealed class PythonRules : IDisposable
{
    private const string Program = """
        import json, sys
        sys.dont_write_bytecode = True
        sys.path.insert(0, sys.argv[1])
        from pyembed._bundle_format import BundleError
        from pyembed._bundle_rules import Rules
        for line in sys.stdin:
            question = json.loads(line)
            try:
                rules = Rules(question["rules"])
            except BundleError as error:
                print(json.dumps(str(error)), flush=True)
                continue
            rules = rules.expanded({rule: {tuple(node.partition(":")[::2]) for node in question["dependencies"][str(rule)]}
                                    for rule in rules.dependency_rules})
            answers = []
            for node in question["nodes"]:
                included, rule = rules.for_object(*node.partition(":")[::2])
                answers.append([included, None if rule is None else str(rule)])
            print(json.dumps(answers), flush=True)
        """;

    private readonly Process process;

    public PythonRules()
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "python" : "python3", ["-c", Program, Path.Combine(Root(), "src", "PyEmbed", "Python")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            Environment = { ["PYTHONUTF8"] = "1" },
        };
        process = Process.Start(start)!;
    }

    /// <summary>What decides about each of some modules (<c>a.b</c>) and objects (<c>a.b:f</c>), or the error for what is no rule.</summary>
    /// <param name="rules">The rules as they are written.</param>
    /// <param name="dependencies">What each rule that excludes dependencies leads to.</param>
    /// <param name="nodes">The modules and objects.</param>
    public (string? Problem, (bool Included, string? Rule)[] Answers) Ask(
        IEnumerable<string> rules, IReadOnlyDictionary<string, string[]> dependencies, params string[] nodes)
    {
        process.StandardInput.WriteLine(JsonSerializer.Serialize(new { rules, dependencies, nodes }));
        process.StandardInput.Flush();
        string line = process.StandardOutput.ReadLine() ?? throw new AssertFailedException("The reader in Python has ended; its standard error tells why.");
        JsonElement answer = JsonDocument.Parse(line).RootElement;
        return answer.ValueKind == JsonValueKind.String
            ? (answer.GetString(), [])
            : (null, answer.EnumerateArray().Select(pair => (pair[0].GetBoolean(), pair[1].GetString())).ToArray());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PyEmbed.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds PyEmbed.sln.");
    }
}
