using static PyEmbed.Tests.Modules.ModuleRun;

namespace PyEmbed.Tests.Modules;

/// <summary>"Roblox profile (no FS) vs Desktop profile (with FS)", and Trusted, which keeps Python's own order.</summary>
[TestClass]
public sealed class ProfileTests
{
    private const string Order = """
        import colorsys, importlib.util, sys
        print('standard library:', 'mount' if hasattr(colorsys, 'shadow') else 'registry')
        print('folder:', importlib.util.find_spec('on_disk') is not None)
        sys.path.insert(0, FOLDER)
        importlib.invalidate_caches()
        print('folder of a script:', importlib.util.find_spec('on_disk_too') is not None)
        print('mount:', importlib.util.find_spec('mygame').origin.startswith('memory:/'))
        """;

    [TestMethod]
    public void Trusted_keeps_Pythons_own_order() => Runs("mount", "True", "True", "False", null, null);

    [TestMethod]
    public void Desktop_has_the_registry_first_and_the_file_system() => Runs("registry", "True", "True", "False", Desktop, null);

    [TestMethod]
    public void Restricted_has_the_registry_first_and_no_file_system() => Runs("registry", "False", "False", "True", Restricted, null, path: false);

    [TestMethod]
    public void Restricted_with_the_file_system_searches_what_is_named_and_may_be_read() => Runs("registry", "True", "False", "False", Restricted, "files=on");

    [TestMethod]
    public void Desktop_without_it_searches_nothing() => Runs("registry", "False", "False", "True", Desktop, "files=off", path: false);

    [TestMethod]
    public void A_folder_to_search_needs_the_file_system()
    {
        using TemporaryFolder folder = new();
        TestHostProcess result = TestHostProcess.Run("modules", Restricted, $"path={folder.Path}", "pass");
        StringAssert.StartsWith(result.Output, "ArgumentException: PythonOptions.SearchPaths names folders to import from, and the file system is off");
    }

    private static void Runs(string standardLibrary, string folderFound, string scriptsFound, string inMemory, string? policy, string? files, bool path = true)
    {
        using TemporaryFolder named = new(), added = new();
        named.Write("on_disk.py", "");
        named.Write("colorsys.py", "");
        added.Write("on_disk_too.py", "");
        string?[] options = [policy, files, path ? $"path={named.Path}" : null];
        Prints(
            $"standard library: {standardLibrary}\nfolder: {folderFound}\nfolder of a script: {scriptsFound}\nmount: {inMemory}",
            [.. options.OfType<string>(), Order.Replace("FOLDER", $"'{added.Path}'", StringComparison.Ordinal)]);
    }
}
