using PyEmbed.Manifest;
using PyEmbed.Tasks.Checks;

namespace PyEmbed.Tasks.Tests.Checks;

[TestClass]
public sealed class MissingGlobsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ProblemList _problems = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("""<ItemGroup><PythonPackage Include="nope/**" /></ItemGroup>""", "nope")]
    [DataRow("""<ItemGroup><PythonPackage Include="py/**; py/no\pe\**\*.py" /></ItemGroup>""", "py/no/pe")]
    public void A_glob_below_a_missing_folder_is_named(string body, string folder)
    {
        Check(body);

        ManifestDiagnostic problem = Assert.ContainsSingle(_problems.Blocking);
        Assert.AreEqual("PYE1009", problem.Id);
        StringAssert.Contains(problem.Message, $"'{_folder["project/" + folder]}'");
    }

    [TestMethod]
    [DataRow("""<ItemGroup><PythonPackage Include="py/**;**/*.py;*.py" /></ItemGroup>""")]
    [DataRow("""<ItemGroup><PythonPackage Include="$(Elsewhere)/**" /></ItemGroup>""")]
    [DataRow("""<ItemGroup><PythonPackage Include="nope/**" Condition="false" /></ItemGroup>""")]
    [DataRow("""<ItemGroup Condition="false"><PythonPackage Include="nope/**" /></ItemGroup>""")]
    [DataRow("""<Target Name="T"><ItemGroup><PythonPackage Include="nope/**" /></ItemGroup></Target>""")]
    [DataRow("""<ItemGroup><PythonPackage Remove="nope/**" /><None Include="nope/**" /></ItemGroup>""")]
    [DataRow("<ItemGroup>")]
    public void Whatever_else_stands_in_a_project_is_not(string body)
    {
        Check(body);

        Assert.IsEmpty(_problems.Blocking);
    }

    private void Check(string body)
    {
        _folder.Write("project/py/m.py", "");
        string project = _folder.Write("project/App.csproj", $"""<Project Sdk="Microsoft.NET.Sdk">{body}</Project>""");
        MissingGlobs.Check(project, _folder["project"], _problems);
    }
}
