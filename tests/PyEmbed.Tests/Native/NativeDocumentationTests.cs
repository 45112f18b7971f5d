using System.Reflection;
using System.Text.RegularExpressions;
using PyEmbed.Tests;

namespace PyEmbed.Native.Tests;

/// <summary>The example of docs/native-modules.md: the C# of it is that of <see cref="Options"/>, and the Python of it prints what its comment says.</summary>
[TestClass]
public sealed class NativeDocumentationTests
{
    [TestMethod]
    public void The_example_does_what_the_page_says()
    {
        string folder = typeof(NativeDocumentationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectFolder").Value!;
        string page = File.ReadAllText(Path.Combine(folder, "../../docs/native-modules.md")), source = File.ReadAllText(Path.Combine(folder, "Native/NativeDocumentationTests.cs"));
        Assert.Contains(WithoutSpace(Block(page, "csharp")), WithoutSpace(source));

        NativeFixture.Install("host", Options().NativeModules.Freeze()[0].Build);
        string python = Block(page, "python");
        using PythonObject result = NativeFixture.Run(PythonFixture.Python.Import("host"), python.Replace("print(", "printed = (", StringComparison.Ordinal));
        Assert.AreEqual(Regex.Match(python, "# (.*)").Groups[1].Value, string.Join(' ', result["printed"].As<string[]>()));
        Assert.AreEqual("(text, times=2)", PythonFixture.Python.Evaluate<string>("str(__import__('inspect').signature(__import__('host').repeat))"));
    }

    private static PythonOptions Options()
    {
        var options = new PythonOptions();
        options.NativeModules.Add("host", module =>
        {
            module.Doc = "What the host offers.";
            module.AddConstant("VERSION", "1.2");
            module.AddFunction("repeat", (string text, int times) => string.Concat(Enumerable.Repeat(text, times)), "Repeats a text.",
                [new("text"), new("times", 2)]);
            module.AddModule("files", files => files.AddFunction("read", (string path) => File.ReadAllText(path)));
        });
        return options;
    }

    private static string Block(string page, string language) => Regex.Match(page, $"```{language}\r?\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    private static string WithoutSpace(string code) => Regex.Replace(code, "\\s+", "");
}
