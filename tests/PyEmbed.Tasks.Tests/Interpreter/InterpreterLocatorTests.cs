using PyEmbed.Tasks.Interpreter;

namespace PyEmbed.Tasks.Tests.Interpreter;

[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
public sealed class InterpreterLocatorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void The_default_is_the_first_python3_on_path()
    {
        _folder.Write("b/python3", "");
        _folder.Write("c/python3", "");

        InterpreterCandidate found = Find("");

        Assert.AreEqual(_folder["b/python3"], found.Executable);
        Assert.IsFalse(found.Required);
    }

    [TestMethod]
    public void Without_one_the_candidate_says_what_was_looked_for()
    {
        Assert.AreEqual(new InterpreterCandidate(null, false, "python3"), Find(""));
        Assert.AreEqual(new InterpreterCandidate(null, true, "python3.12"), Find("3.12"));
        Assert.AreEqual(new InterpreterCandidate(null, true, "venv/bin/python"), Find("venv/bin/python"));
    }

    [TestMethod]
    public void A_version_is_a_command_on_path()
    {
        _folder.Write("c/python3.12", "");

        Assert.AreEqual(_folder["c/python3.12"], Find("3.12").Executable);
    }

    [TestMethod]
    public void A_path_is_relative_to_the_project()
    {
        _folder.Write("project/venv/bin/python", "");

        Assert.AreEqual(_folder["project/venv/bin/python"], Find("venv/bin/python").Executable);
        Assert.AreEqual(_folder["project/venv/bin/python"], Find(_folder["project/venv/bin/python"]).Executable);
    }

    [TestMethod]
    public void A_bare_name_is_a_command_on_path()
    {
        _folder.Write("c/pypy", "");

        Assert.AreEqual(_folder["c/pypy"], Find("pypy").Executable);
    }

    [TestMethod]
    public void The_identity_changes_with_the_file()
    {
        _folder.Write("b/python3", "");
        string before = InterpreterIdentity.Of(Find("").Executable!, _folder["project"]);
        _folder.Write("b/python3", "more");

        Assert.AreNotEqual(before, InterpreterIdentity.Of(Find("").Executable!, _folder["project"]));
    }

    [TestMethod]
    public void The_identity_changes_with_the_file_that_a_link_leads_to()
    {
        _folder.Write("python3.1", "");
        _folder.Write("b/x", "");
        File.CreateSymbolicLink(_folder["b/python3"], _folder["python3.1"]);
        string before = InterpreterIdentity.Of(Find("").Executable!, _folder["project"]);
        _folder.Write("python3.1", "more");

        Assert.AreNotEqual(before, InterpreterIdentity.Of(Find("").Executable!, _folder["project"]));
    }

    private InterpreterCandidate Find(string wanted)
    {
        string path = string.Join(Path.PathSeparator, "", "relative", _folder["a"], _folder["b"], _folder["c"]);
        return new InterpreterLocator(path, _folder["project"]).Find(wanted);
    }
}
