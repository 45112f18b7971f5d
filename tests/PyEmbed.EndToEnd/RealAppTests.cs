namespace PyEmbed.EndToEnd;

/// <summary>A third-party distribution of hundreds of modules, embedded whole and put to work.</summary>
[TestClass]
public class RealAppTests
{
    [TestMethod]
    [SympyInstalled]
    public void Sympy_works_from_the_assembly_with_installed_packages_off_the_path()
    {
        var result = Shell.Run(PackageFeed.RepositoryRoot, ["dotnet", "run", "--project", "samples/RealApp", "-c", "Release", "--", "x*exp(x)"]).Succeeds();
        var lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.AreEqual("integral of x*exp(x): (x - 1)*exp(x)", lines[0]);
        Assert.AreEqual("roots of x**3 - 6*x**2 + 11*x - 6: [1, 2, 3]", lines[1]);
        Assert.AreEqual("primes below 10000: 1229", lines[2]);
        Assert.IsGreaterThanOrEqualTo(300, int.Parse(lines[3].Split(": ")[1], System.Globalization.CultureInfo.InvariantCulture), result.Text);
        Assert.AreEqual("folders of installed packages on sys.path: 0", lines[4]);
    }

    [TestMethod]
    [SympyInstalled]
    public void The_report_of_a_csharp_host_lists_the_modules_of_a_published_single_file()
    {
        var app = new TestProject("Host").WithProject(items: $"""
                <PythonPackage Include="{SympyInstalledAttribute.SitePackages}/sympy" Distribution="sympy" />
                <PythonPackage Include="{SympyInstalledAttribute.SitePackages}/mpmath" Distribution="mpmath" />
                """)
            .With("Program.cs", """
                using PyEmbed;
                using var python = PythonInterpreter.Start();
                var text = python.Import("sympy").InvokeMethod<string>("latex", python.Import("sympy").InvokeMethod("sympify", "sqrt(x)/2"));
                Console.WriteLine(text);
                var report = python.Describe();
                Console.WriteLine(report.Mounts.Sum(mount => mount.Modules.Count));
                Console.WriteLine(report.ExtractedFiles.Count);
                """);
        var published = app.Publish("-c", "Release", "-r", HelloPackageTests.RuntimeIdentifier, "--self-contained", "false", "-p:PublishSingleFile=true");
        Assert.IsEmpty(Directory.GetFiles(published, "*.py", SearchOption.AllDirectories));
        var lines = TestProject.RunPublished(published, "Host").Succeeds().Output.TrimEnd('\n').Split('\n');
        Assert.AreEqual(@"\frac{\sqrt{x}}{2}", lines[0]);
        Assert.IsGreaterThanOrEqualTo(300, int.Parse(lines[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
