namespace PyEmbed.Tests;

/// <summary>Assemblies and copies of PyEmbed in collectible load contexts, each in a process of its own.</summary>
[TestClass]
public sealed class PlugInTests
{
    /// <summary>A mount keeps the plug-in; once it is gone so is the plug-in, and its module works on.</summary>
    [TestMethod]
    public void An_unloaded_plug_in_leaves_its_modules_working() =>
        Expect("plug-in", "mounted True", "unmounted False", "text PK 48", "ModuleNotFoundError");

    [TestMethod]
    public void Plug_ins_that_come_and_go_leave_nothing() => Expect("plug-in-cycles", "0 True");

    [TestMethod]
    public void Conversions_of_a_plug_ins_types_do_not_keep_it() => Expect("plug-in-types", "Green", "True", "False");

    [TestMethod]
    public void A_plug_ins_own_copy_of_PyEmbed_joins_and_goes() => Expect("plug-in-copy", "42", "copy False", "text X = 1 42", "2");

    [TestMethod]
    public void The_copy_that_started_Python_may_go_first() => Expect("plug-in-copy-first", "at exit", "starter False", "goes on 42");

    /// <summary>One of them starts CPython, the others attach, and none stays.</summary>
    [TestMethod]
    [DataRow(2)]
    [DataRow(8)]
    public void Copies_of_PyEmbed_may_start_at_the_same_time(int count) => Expect("plug-in-copies-at-once", [$"{count}"], "1 0");

    /// <summary>CPython cannot be tried again after it has failed to start, by no copy.</summary>
    [TestMethod]
    public void A_start_that_fails_is_tried_by_one_copy_alone()
    {
        using TemporaryFolder home = new();
        PythonReport report = PythonFixture.Python.Describe();
        home.Write($"lib/python3.{report.PythonVersion.Minor}/os.py", "");
        home.Write($"lib/python3.{report.PythonVersion.Minor}/encodings/__init__.py", "1/0");
        const string again = "CPython failed to start in this process before";
        TestHostProcess result = Run("plug-in-copies-fail", ["4", home.Path, report.Library!], "CPython did not start", again, again, again);
        Assert.IsTrue(result.Error.Split("Python path configuration:").Length <= 2, result.Error); // Some versions say so, once a try.
    }

    private static void Expect(string scenario, params string[] lines) => Expect(scenario, [], lines);

    private static void Expect(string scenario, string[] arguments, params string[] lines) =>
        Assert.AreEqual("", Run(scenario, arguments, lines).Error);

    private static TestHostProcess Run(string scenario, string[] arguments, params string[] lines)
    {
        using TemporaryFolder folder = new();
        TestHostProcess result = TestHostProcess.Run(scenario, [folder.Path, .. arguments]);
        Assert.AreEqual(7, result.ExitCode, result.ToString());
        CollectionAssert.AreEqual(lines, result.Output.TrimEnd('\n').Split('\n'), result.ToString());
        return result;
    }
}
