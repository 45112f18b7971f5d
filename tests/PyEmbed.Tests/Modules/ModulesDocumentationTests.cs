using System.Reflection;
using System.Text.RegularExpressions;

namespace PyEmbed.Tests.Modules;

/// <summary>The examples of docs/modules.md are code that runs: the set-ups are those of samples/RestrictedHost, the mounts run here, the finders in the test host.</summary>
[TestClass]
public sealed partial class ModulesDocumentationTests
{
    private static readonly string Repository = Path.Combine(
        typeof(ModulesDocumentationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectFolder").Value!, "../..");

    private static readonly string[] Blocks = [.. CSharp().Matches(Read("docs/modules.md")).Select(match => WithoutSpace(match.Groups[1].Value))];

    [TestMethod]
    public void The_set_ups_are_those_of_the_sample()
    {
        string sample = WithoutSpace(Read("samples/RestrictedHost/Configurations.cs"));
        Assert.HasCount(4, Blocks);
        Assert.Contains(Blocks[0], sample);
        Assert.Contains(Blocks[1], sample);
    }

    [TestMethod]
    public void The_mounts_do_what_the_page_says()
    {
        Assert.Contains(Blocks[2], WithoutSpace(Read("tests/PyEmbed.Tests/Modules/ModulesDocumentationTests.cs")).Replace("Printed(", "Console.WriteLine(", StringComparison.Ordinal));
        Assert.AreEqual(2, Mounts(PythonFixture.Python));
    }

    [TestMethod]
    public void The_finders_do_what_the_page_says()
    {
        Assert.Contains(Blocks[3], WithoutSpace(Read("tests/PyEmbed.TestHost/ModuleScenarios.cs")));
        using TemporaryFolder folder = new();
        TestHostProcess result = TestHostProcess.Run(new Dictionary<string, string?> { ["XDG_CACHE_HOME"] = folder.Path }, "documented-importers");
        Assert.AreEqual("from the host True False\n", result.Output, result.ToString());
    }

    [TestMethod]
    public void Every_link_leads_somewhere()
    {
        foreach (Match link in Link().Matches(Read("docs/modules.md")))
        {
            Assert.IsTrue(Path.Exists(Path.Combine(Repository, "docs", link.Groups[1].Value.Split('#')[0])), link.Value);
        }
    }

    private static int Mounts(PythonInterpreter python)
    {
        int printed = 0;
        void Printed(int value) => printed = value;

        using PythonMount mount = python.Mount(Tree("level", new() { ["level.py"] = "NUMBER = 1" }));
        using PythonObject level = python.Import("level");
        mount.Replace(Tree("level", new() { ["level.py"] = "NUMBER = 2" }));
        using PythonObject importlib = python.Import("importlib");
        Printed(importlib.InvokeMethod("reload", level).GetAttribute("NUMBER").As<int>());      // 2
        return printed;
    }

    private static PythonTree Tree(string name, Dictionary<string, string> files) => PythonFixture.Tree(name, [.. files.Select(file => (file.Key, file.Value))]);

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository, path));

    private static string WithoutSpace(string code) => Space().Replace(code, "");

    [GeneratedRegex("```csharp\r?\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();

    [GeneratedRegex("\\s+")]
    private static partial Regex Space();

    [GeneratedRegex("\\]\\(([^)#][^)]*)\\)")]
    private static partial Regex Link();
}
