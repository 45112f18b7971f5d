using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>Which CPython Start takes, and which it refuses.</summary>
[TestClass]
public sealed class PythonNetLibraryTests
{
    [ClassInitialize]
    public static void Start(TestContext context) => Assert.IsNotNull(PythonNetFixture.Bridge);

    [TestMethod]
    public void A_version_that_pythonnet_does_not_support_is_refused_by_name()
    {
        string message = Assert.ThrowsExactly<NotSupportedException>(() => PythonNetLibrary.Approve("/somewhere/libpython3.9.so", new Version(3, 9))).Message;
        StringAssert.Contains(message, $"pythonnet {typeof(PythonEngine).Assembly.GetName().Version!.ToString(3)}");
        StringAssert.Contains(message, "Python 3.9 (/somewhere/libpython3.9.so)");
        StringAssert.Contains(message, PythonEngine.MaxSupportedVersion.ToString(2));
        StringAssert.Contains(message, "PythonOptions.Library");
        PythonNetLibrary.Approve("any", new Version(3, 12));
    }

    [TestMethod]
    public void The_library_that_was_named_for_pythonnet_counts_where_the_options_name_none()
    {
        PythonOptions options = PythonNetLibrary.Apply(new PythonOptions { AutoMount = false, SearchPaths = ["/somewhere"] });
        Assert.AreEqual(Runtime.PythonDLL, options.Library);
        StringAssert.Contains(options.LibrarySource, "Runtime.PythonDLL");
        Assert.IsFalse(options.AutoMount);
        Assert.AreEqual("/somewhere", options.SearchPaths.Single());
    }

    [TestMethod]
    public void A_version_that_pythonnet_itself_says_it_supports_and_does_not_is_refused_too()
    {
        if (typeof(PythonEngine).Assembly.GetName().Version < new Version(3, 2))
        {
            PythonNetLibrary.Approve("any", new Version(3, 10, 13));
            return;
        }

        StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(() => PythonNetLibrary.Approve("/somewhere/libpython3.10.so", new Version(3, 10, 13))).Message, "it supports 3.11 to ");
    }

    [TestMethod]
    public void Only_what_pythonnet_guesses_beside_an_active_environment_is_no_library_that_was_named()
    {
        string root = Directory.CreateTempSubdirectory("pyembed-environment-").FullName, home = Path.Combine(root, "base", "bin");
        File.WriteAllText(Path.Combine(root, "pyvenv.cfg"), $"home = {home}\nversion = 3.12.1\n");
        try
        {
            Assert.IsTrue(PythonNetLibrary.IsGuess(home + "/../lib", root));
            Assert.IsTrue(PythonNetLibrary.IsGuess(home + "/../lib64", root));
            Assert.IsTrue(PythonNetLibrary.IsGuess(home + "/.", root));
            Assert.IsFalse(PythonNetLibrary.IsGuess(home + "/../lib", null));
            Assert.IsFalse(PythonNetLibrary.IsGuess(home + "/../lib", Path.Combine(root, "base")));
            Assert.IsFalse(PythonNetLibrary.IsGuess("/usr/lib/../lib", root));
            Assert.IsFalse(PythonNetLibrary.IsGuess("./python", root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [TestMethod]
    public void What_the_options_name_stays()
    {
        foreach (PythonOptions named in (ReadOnlySpan<PythonOptions>)[new() { Library = "/other" }, new() { Home = "/usr" }, new() { VirtualEnvironment = "/venv" }])
        {
            Assert.AreSame(named, PythonNetLibrary.Apply(named));
        }
    }
}
