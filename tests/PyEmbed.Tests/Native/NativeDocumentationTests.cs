using System.Reflection;
using System.Text.RegularExpressions;
using PyEmbed.Tests;

namespace PyEmbed.Native.Tests;

/// <summary>The example of docs/native-modules.md: the C# of it is that of <see cref="Options"/>, and the Python of it prints what its comment says.</summary>
[TestClass]
public sealed class NativeDocumentationTests
{
    private static string Folder { get; } =
        typeof(NativeDocumentationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectFolder").Value!;

    private static string Source => File.ReadAllText(Path.Combine(Folder, "Native/NativeDocumentationTests.cs"));

    [TestMethod]
    public void The_example_does_what_the_page_says()
    {
        Assert.Contains(WithoutSpace(Blocks("csharp")[0]), WithoutSpace(Source));

        NativeFixture.Install("host", Options().NativeModules.Freeze()[0].Build);
        string python = Blocks("python")[0];
        using PythonObject result = NativeFixture.Run(PythonFixture.Python.Import("host"), python.Replace("print(", "printed = (", StringComparison.Ordinal));
        Assert.AreEqual(Regex.Match(python, "# (.*)").Groups[1].Value, string.Join(' ', result["printed"].As<string[]>()));
        Assert.AreEqual("(text, times=2)", PythonFixture.Python.Evaluate<string>("str(__import__('inspect').signature(__import__('host').repeat))"));
    }

    [TestMethod]
    public void Methods_and_defaults_are_given_as_the_page_says()
    {
        Assert.Contains(WithoutSpace(Blocks("csharp")[1]), WithoutSpace(Source));
        using PythonObject host = NativeFixture.Import(module =>
        {
            static string Quote(string text, string mark = "'") => mark + text + mark;

            module.AddFunction<string, string, string>("quote", Quote);
            module.AddFunction("join", (string[] parts, string mark) => string.Join(mark, parts), parameters: [new("parts"), new("mark", ", ")]);
        });
        using PythonObject result = NativeFixture.Run(host, "import inspect\nseen = [str(inspect.signature(host.quote)), host.quote('a'), host.quote('a', mark='-'), host.join(['a', 'b'])]");
        CollectionAssert.AreEqual((string[])["(text, mark=\"'\")", "'a'", "-a-", "a, b"], result["seen"].As<string[]>());
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

    private static string[] Blocks(string language) =>
        [.. Regex.Matches(File.ReadAllText(Path.Combine(Folder, "../../docs/native-modules.md")), $"```{language}\r?\n(.*?)```", RegexOptions.Singleline).Select(block => block.Groups[1].Value)];

    private static string WithoutSpace(string code) => Regex.Replace(code, "\\s+", "");
}
