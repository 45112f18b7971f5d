using static PyEmbed.Tests.PythonFixture;

namespace PyEmbed.Tests;

/// <summary>Requirements of trees (PEP 508) against what is installed: <c>pyembed._requirements</c>.</summary>
[TestClass]
public sealed class RequirementTests
{
    [TestMethod]
    [DataRow("1.2.3", ">=1.2", true)]
    [DataRow("1.2.3", "<1.2", false)]
    [DataRow("1.10", ">1.9", true)]
    [DataRow("1.0", "==1.0.0", true)]
    [DataRow("1.0.1", "==1.0.*", true)]
    [DataRow("1.1", "!=1.0.*", true)]
    [DataRow("1.4.5", "~=1.4.2", true)]
    [DataRow("1.5", "~=1.4.2", false)]
    [DataRow("2.3", "~=2.1", true)]
    [DataRow("3.0", "~=2.1", false)]
    [DataRow("2.0rc1", "<2.0", false)]
    [DataRow("2.0rc1", ">=2.0", false)]
    [DataRow("2.0.post1", ">2.0", false)]
    [DataRow("2.0.dev3", "<2.0a1", true)]
    [DataRow("1.0+local.1", "==1.0", true)]
    [DataRow("1!0.1", ">9", true)]
    [DataRow("1.0-custom", "===1.0-custom", true)]
    public void Versions_compare_as_PEP_440_says(string version, string clause, bool met)
    {
        using PythonObject module = Python.Import("pyembed._requirements");
        Assert.AreEqual(met, module.InvokeMethod<bool>("satisfies", version, clause));
    }

    [TestMethod]
    [DataRow("python_version >= '3.9'", true)]
    [DataRow("python_version < '3.9' or (os_name == 'posix' and sys_platform != 'win32')", true)]
    [DataRow("extra == 'test'", false)]
    [DataRow("'linux' in sys_platform", true)]
    [DataRow("sys_platform not in 'linux darwin'", false)]
    public void Markers_are_evaluated_here(string marker, bool value)
    {
        using PythonObject module = Python.Import("pyembed._requirements");
        Assert.AreEqual(value, module.InvokeMethod<bool>("evaluate", marker));
    }

    [TestMethod]
    public void A_requirement_is_met_by_what_is_on_the_path()
    {
        using TemporaryFolder folder = new();
        folder.Write("some_dist-2.5.dist-info/METADATA", "Metadata-Version: 2.1\nName: some-dist\nVersion: 2.5\n");
        using PythonScope scope = new();
        scope.Set("folder", folder.Path);
        Python.Execute("import sys; sys.path.append(folder)", scope);
        using PythonObject module = Python.Import("pyembed._requirements");
        Assert.AreEqual((true, "2.5", null), Check("some-dist[extra] >= 2, < 3"));
        Assert.AreEqual((false, "2.5", "some-dist 2.5 is installed, and >=3 is required"), Check("some-dist>=3"));
        Assert.AreEqual((false, null, "not-there is not installed"), Check("not-there"));
        Assert.AreEqual((true, null, null), Check("not-there; python_version < '3'"));
        Assert.AreEqual((false, null, "it is not a requirement in the form of PEP 508"), Check("???"));
        Python.Execute("sys.path.remove(folder)", scope);

        (bool, string?, string?) Check(string requirement) => module.InvokeMethod<(bool, string?, string?)>("check", requirement);
    }
}
