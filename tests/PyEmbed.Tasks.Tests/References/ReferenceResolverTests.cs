using PyEmbed.Manifest;
using PyEmbed.Tasks.Checks;
using PyEmbed.Tasks.References;

namespace PyEmbed.Tasks.Tests.References;

[TestClass]
public sealed class ReferenceResolverTests : IDisposable
{
    private readonly TestAssemblies _assemblies = new();
    private static int s_writes;

    private string[] _ignored = [];

    private string ManifestFile => Path.Combine(_assemblies.Folder, "obj", "references", "PyEmbed.manifest");

    private string ImportsFile => Path.Combine(_assemblies.Folder, "obj", "PyEmbed.imports");

    private string StateFile => Path.Combine(_assemblies.Folder, "obj", "references.state");

    public void Dispose() => _assemblies.Dispose();

    [TestMethod]
    public void Assemblies_with_trees_are_listed_in_the_order_of_resolution()
    {
        string b = _assemblies.Carrier("B.Lib", ("b", TestAssemblies.Archive("b", "b.py")));
        string a = _assemblies.Carrier("A", ("a1", TestAssemblies.Archive("a1", "a1.py")), ("a2", TestAssemblies.Archive("a2", "a2.py")));
        string own = _assemblies.CarrierWithOwnAttribute("Runtime", ("r", TestAssemblies.Archive("r", "r.py")));
        string plain = _assemblies.Plain("Plain");
        CollectionAssert.AreEqual(new[] { "B.Lib", "A", "Runtime" }, Resolve([plain, b, a, own], []));
        Assert.IsEmpty(Diagnostics());
    }

    [TestMethod]
    public void The_projects_own_assembly_comes_first_if_it_has_trees()
    {
        string lib = _assemblies.Carrier("Lib", ("lib", TestAssemblies.Archive("lib", "lib.py")));
        string own = _assemblies.File("app.zip", TestAssemblies.Archive("app", "app.py"));
        CollectionAssert.AreEqual(new[] { "App", "Lib" }, Resolve([lib], [own]));
        CollectionAssert.AreEqual(new[] { "Lib" }, Resolve([lib], []));
        CollectionAssert.AreEqual(new[] { "App" }, Resolve([], [own]));
        CollectionAssert.AreEqual(Array.Empty<string>(), Resolve([], []));
    }

    [TestMethod]
    public void An_attribute_of_the_same_name_in_another_namespace_is_not_ours()
    {
        string other = _assemblies.FromSource(
            "Other", "[assembly: N.EmbeddedPython] namespace N { public class EmbeddedPythonAttribute : System.Attribute { } }");
        CollectionAssert.AreEqual(Array.Empty<string>(), Resolve([other], []));
        Assert.IsEmpty(Diagnostics());
    }

    [TestMethod]
    public void The_same_assembly_twice_is_listed_once()
    {
        string lib = _assemblies.Carrier("Lib", ("lib", TestAssemblies.Archive("lib", "lib.py")));
        string copy = _assemblies.File("Copy.dll", File.ReadAllBytes(lib));
        CollectionAssert.AreEqual(new[] { "Lib" }, Resolve([lib, copy], []));
    }

    [TestMethod]
    public void A_regular_package_in_two_distributions_is_reported_with_both_names()
    {
        string a = _assemblies.Carrier("LibA", ("dist-a", TestAssemblies.Archive("dist-a", "shared/__init__.py", "shared/x.py", "a.txt")));
        string b = _assemblies.Carrier("LibB", ("dist-b", TestAssemblies.Archive("dist-b", "shared/__init__.py", "shared/y.py", "b.txt")));
        Resolve([a, b], []);
        ManifestDiagnostic diagnostic = Diagnostics().Single();
        Assert.AreEqual("PYE1011", diagnostic.Id);
        Assert.AreEqual(ManifestSeverity.Error, diagnostic.Severity);
        Assert.AreEqual("/p/App.csproj", diagnostic.File);
        Assert.Contains("'dist-a' (in LibA) and 'dist-b' (in LibB) both hold 'shared';", diagnostic.Message);
    }

    [TestMethod]
    public void Own_trees_take_part()
    {
        string lib = _assemblies.Carrier("Lib", ("lib", TestAssemblies.Archive("lib", "one.py", "two.py", "three.py", "four.py", "five.py")));
        string own = _assemblies.File("app.zip", TestAssemblies.Archive("app", "one.py", "two.py", "three.py", "four.py", "five.py", "six.py"));
        Resolve([lib], [own]);
        Assert.Contains("'app' (in App) and 'lib' (in Lib) both hold 'five', 'four', 'one' and 2 more;", Diagnostics().Single().Message);
    }

    [TestMethod]
    public void Two_trees_of_one_assembly_are_compared_by_its_own_build()
    {
        byte[] first = TestAssemblies.Archive("first", "pkg/__init__.py");
        byte[] second = TestAssemblies.Archive("second", "pkg/__init__.py", "more.py");
        string lib = _assemblies.Carrier("Lib", ("first", first), ("second", second));
        Resolve([lib], []);
        Assert.IsEmpty(Diagnostics());

        string other = _assemblies.Carrier("Other", ("other", TestAssemblies.Archive("other", "pkg/__init__.py", "more.py", "most.py")));
        Resolve([lib, other], []);
        CollectionAssert.AreEquivalent(
            new[] { "'first' (in Lib) and 'other' (in Other) both hold 'pkg'", "'second' (in Lib) and 'other' (in Other) both hold 'more'" },
            Diagnostics().Select(diagnostic => diagnostic.Message["The distributions ".Length..diagnostic.Message.IndexOf(';', StringComparison.Ordinal)]).ToArray());
    }

    [TestMethod]
    [DataRow("ns/a.py|ns/deep/x.py", "ns/b.py|ns/deep/y.py", "")]
    [DataRow("ns/a.py", "ns/a.py|z.txt", "ns.a")]
    [DataRow("ns/pkg/__init__.py", "ns/pkg/__init__.py|ns/pkg/m.py", "ns.pkg")]
    [DataRow("m.py", "m/__init__.py", "m")]
    [DataRow("m.cpython-311-x86_64-linux-gnu.so", "m.py", "m")]
    [DataRow("m.pyc", "m.cp311-win_amd64.pyd", "m")]
    [DataRow("pkg/__init__.cpython-311-x86_64-linux-gnu.so", "pkg/__init__.pyc", "pkg")]
    [DataRow("größe.py", "größe.py|z.txt", "größe")]
    [DataRow("ns/m.py", "ns/__init__.py", "")]
    [DataRow("data.txt|d/data.txt", "data.txt|d/data.txt|e.txt", "")]
    [DataRow("a.dist-info/x.py", "a.dist-info/x.py|y.txt", "")]
    [DataRow("my-mod.py", "my-mod.py|y.txt", "")]
    [DataRow("__pycache__/m.cpython-311.pyc", "__pycache__/m.cpython-311.pyc|y.txt", "")]
    public void Conflicts_are_regular_packages_and_modules_of_one_dotted_name(string first, string second, string conflict)
    {
        string a = _assemblies.Carrier("A", ("a", TestAssemblies.Archive("a", first.Split('|'))));
        string b = _assemblies.Carrier("B", ("b", TestAssemblies.Archive("b", second.Split('|'))));
        Resolve([a, b], []);
        string[] messages = Diagnostics().Select(diagnostic => diagnostic.Message).ToArray();
        Assert.HasCount(conflict.Length == 0 ? 0 : 1, messages);
        Assert.IsTrue(messages.All(message => message.Contains($"both hold '{conflict}';", StringComparison.Ordinal)), string.Join('\n', messages));
    }

    [TestMethod]
    [DataRow("ns/b.py", 0)]
    [DataRow("ns/a.py", 1)]
    public void Portions_of_a_declared_namespace_conflict_only_in_what_they_hold(string second, int conflicts)
    {
        const string Declaration = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)";
        string a = _assemblies.Carrier("A", ("a", TestAssemblies.Archive("a", ("ns/__init__.py", Declaration), ("ns/a.py", "first = 1"))));
        string b = _assemblies.Carrier("B", ("b", TestAssemblies.Archive("b", ("ns/__init__.py", Declaration), (second, "second = 2"))));
        Resolve([a, b], []);
        Assert.HasCount(conflicts, Diagnostics());
    }

    [TestMethod]
    public void Two_copies_of_one_tree_do_not_conflict()
    {
        byte[] archive = TestAssemblies.Archive("same", "pkg/__init__.py");
        string a = _assemblies.Carrier("A", ("same", archive));
        string b = _assemblies.Carrier("B", ("other", TestAssemblies.Archive("other", "pkg/__init__.py")));
        CollectionAssert.AreEqual(new[] { "A", "B" }, Resolve([a, b], []));
        Assert.IsEmpty(Diagnostics());
    }

    [TestMethod]
    public void A_reference_assembly_names_trees_that_it_does_not_hold()
    {
        string lib = _assemblies.CarrierWithoutResource("Lib", referenceAssembly: true);
        CollectionAssert.AreEqual(new[] { "Lib" }, Resolve([lib], []));
        Assert.IsEmpty(Diagnostics());
    }

    [TestMethod]
    public void A_reference_that_is_not_there_is_left_to_the_compiler()
    {
        CollectionAssert.AreEqual(Array.Empty<string>(), Resolve([Path.Combine(_assemblies.Folder, "None.dll")], []));
        Assert.IsEmpty(Diagnostics());
    }

    [TestMethod]
    public void Unreadable_references_are_reported_by_name()
    {
        string none = _assemblies.CarrierWithoutResource("NoResource");
        string text = _assemblies.File("Text.dll", "no assembly"u8.ToArray());
        string empty = _assemblies.File("Empty.dll", []);
        string corrupt = _assemblies.Carrier("Corrupt", ("corrupt", [1, 2, 3]));
        byte[] newer = TestAssemblies.Archive("newer", "m.py");
        newer[newer.AsSpan().LastIndexOf("PYEMBED\0"u8) - 4] = 9;
        string newerPath = _assemblies.Carrier("Newer", ("newer", newer));
        string good = _assemblies.Carrier("Good", ("good", TestAssemblies.Archive("good", "good.py")));

        CollectionAssert.AreEqual(new[] { "NoResource", "Corrupt", "Newer", "Good" }, Resolve([none, text, empty, corrupt, newerPath, good], []));

        Dictionary<string, string> messages = Diagnostics().ToDictionary(diagnostic => Path.GetFileNameWithoutExtension(diagnostic.File), diagnostic => diagnostic.Message);
        CollectionAssert.AreEquivalent(new[] { "NoResource", "Text", "Empty", "Corrupt", "Newer" }, messages.Keys.ToArray());
        Assert.IsTrue(messages.All(message => message.Value.Contains($"'{message.Key}'", StringComparison.Ordinal)));
        Assert.IsTrue(Diagnostics().All(diagnostic => diagnostic.Id == "PYE1017" && diagnostic.Severity == ManifestSeverity.Error));
        Assert.Contains("'PyEmbed/gone.zip'", messages["NoResource"]);
        Assert.Contains($"{corrupt}!PyEmbed/corrupt.zip", messages["Corrupt"]);
        Assert.Contains("format version 9", messages["Newer"]);
    }

    [TestMethod]
    public void An_unreadable_reference_is_reported_until_it_is_mended()
    {
        string bad = _assemblies.File("Bad.dll", [1, 2, 3]);
        string corrupt = _assemblies.Carrier("Corrupt", ("corrupt", [1, 2, 3]));
        string plain = _assemblies.Plain("Plain");
        Resolve([bad, corrupt, plain], []);
        Assert.HasCount(2, Diagnostics());
        Resolve([bad, corrupt, plain], []);
        Assert.HasCount(2, Diagnostics());
        File.SetLastWriteTimeUtc(plain, File.GetLastWriteTimeUtc(plain).AddSeconds(5));
        Resolve([bad, corrupt, plain], []);
        Assert.HasCount(2, Diagnostics());
        _assemblies.Carrier("Bad", ("bad", TestAssemblies.Archive("bad", "bad.py")));
        _assemblies.Carrier("Corrupt", ("corrupt", TestAssemblies.Archive("corrupt", "c.py")));
        CollectionAssert.AreEqual(new[] { "Bad", "Corrupt" }, Resolve([bad, corrupt, plain], []));
        Assert.IsEmpty(Diagnostics());
    }

    [TestMethod]
    public void An_unchanged_reference_is_not_opened_again()
    {
        string lib = _assemblies.Carrier("Lib", ("lib", TestAssemblies.Archive("lib", "lib.py")));
        string plain = _assemblies.Plain("Plain");
        CollectionAssert.AreEqual(new[] { "Lib" }, Resolve([lib, plain], []));
        DateTime written = Backdate(ManifestFile, StateFile);

        // Only whoever opens them sees that they are no assemblies any more.
        Overwrite(lib);
        Overwrite(plain);
        CollectionAssert.AreEqual(new[] { "Lib" }, Resolve([lib, plain], []));
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(ManifestFile));
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(StateFile));

        File.SetLastWriteTimeUtc(plain, DateTime.UtcNow.AddMinutes(1));
        Resolve([lib, plain], []);
        CollectionAssert.AreEquivalent(new[] { plain, lib }, Diagnostics().Select(diagnostic => diagnostic.File).ToArray());
    }

    [TestMethod]
    public void A_change_without_effect_leaves_the_manifest_alone()
    {
        string lib = _assemblies.Carrier("Lib", ("lib", TestAssemblies.Archive("lib", "lib.py")));
        Resolve([lib], []);
        DateTime written = Backdate(ManifestFile, StateFile);
        _assemblies.Carrier("Lib", ("lib", TestAssemblies.Archive("lib", "lib.py", "more.py")));
        Resolve([lib], []);
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(ManifestFile));
        Assert.AreNotEqual(written, File.GetLastWriteTimeUtc(StateFile));
    }

    [TestMethod]
    public void Added_removed_and_reordered_references_are_seen()
    {
        string a = _assemblies.Carrier("A", ("a", TestAssemblies.Archive("a", "m.py")));
        string b = _assemblies.Carrier("B", ("b", TestAssemblies.Archive("b", "m.py", "n.py")));
        CollectionAssert.AreEqual(new[] { "A" }, Resolve([a], []));
        CollectionAssert.AreEqual(new[] { "A", "B" }, Resolve([a, b], []));
        Assert.HasCount(1, Diagnostics());
        CollectionAssert.AreEqual(new[] { "B", "A" }, Resolve([b, a], []));
        Assert.Contains("'b' (in B) and 'a' (in A)", Diagnostics().Single().Message);
        CollectionAssert.AreEqual(new[] { "B" }, Resolve([b], []));
        Assert.IsEmpty(Diagnostics());
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("something else\n")]
    [DataRow("HEADER\nreference\tonly a path\n")]
    [DataRow("HEADER\nreference\ta\\x\tb\tc\n")]
    public void A_damaged_state_or_a_missing_manifest_only_costs_time(string state)
    {
        string lib = _assemblies.Carrier("Lib", ("lib", TestAssemblies.Archive("lib", "lib.py")));
        Resolve([lib], []);
        string good = File.ReadAllText(StateFile);
        File.WriteAllText(StateFile, state.Replace("HEADER", good[..good.IndexOf('\n', StringComparison.Ordinal)], StringComparison.Ordinal));
        CollectionAssert.AreEqual(new[] { "Lib" }, Resolve([lib], []));
        Assert.AreEqual(good, File.ReadAllText(StateFile));

        File.Delete(ManifestFile);
        CollectionAssert.AreEqual(new[] { "Lib" }, Resolve([lib], []));
        Assert.IsEmpty(Diagnostics());
    }

    [TestMethod]
    public void No_damage_to_an_assembly_goes_unnamed()
    {
        byte[] image = File.ReadAllBytes(_assemblies.Carrier("Lib", ("lib", TestAssemblies.Archive("lib", "lib.py", "pkg/__init__.py"))));
        Directory.CreateDirectory(Path.GetDirectoryName(StateFile)!);
        var random = new Random(42);
        for (int i = 0; i < 400; i++)
        {
            byte[] damaged = (byte[])image.Clone();
            if (i % 2 == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }

            for (int j = 0; j < 8 && damaged.Length > 0; j++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            string path = _assemblies.File("Lib.dll", damaged);
            File.Delete(StateFile);
            Resolve([path], []);
            Assert.IsTrue(Diagnostics().All(diagnostic => diagnostic.Id == "PYE1017" && diagnostic.File == path));
        }
    }

    [TestMethod]
    [DataRow("lib", "lib", "", null)]
    [DataRow("lib", "lib.anything.below", "", null)]
    [DataRow("one", "one", "", null)]
    [DataRow("space.part", "space.part", "", null)]
    [DataRow("space", "space.part.x", "", null)]
    [DataRow("space", "space", "part", null)]
    [DataRow("space", "space", "part nope", "space.nope")]
    [DataRow("space", "space.nope.more", "", "space.nope")]
    [DataRow("native", "native", "", null)]
    [DataRow("loose", "loose", "", null)]
    [DataRow("nope", "nope.more", "", "nope")]
    public void An_import_that_the_project_leaves_open_may_be_satisfied_by_a_reference(string missing, string module, string names, string? expected)
    {
        string lib = _assemblies.Carrier(
            "Lib", ("a", TestAssemblies.Archive("a", "lib/__init__.py", "one.py", "native.abi3.so", "loose.pyc")), ("b", TestAssemblies.Archive("b", "space/part.py")));
        Open(missing, module, names.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Resolve([lib], []);
        Assert.AreEqual(expected is null ? "" : $"PYE1019 The module '{expected}' is missing", string.Join("; ", Diagnostics().Select(one => $"{one.Id} {one.Message}")));
        Open(missing, module, [], isFinal: true);
        Resolve([lib], []);
        Assert.AreEqual($"The module '{missing}' is missing", Diagnostics().Single().Message, "what is the project's own in part is in no reference");
    }

    [TestMethod]
    public void A_changed_reference_import_or_list_decides_anew()
    {
        string lib = _assemblies.Carrier("Lib", ("a", TestAssemblies.Archive("a", "a.py")));
        Open("b", "b", []);
        Resolve([lib], []);
        Assert.HasCount(1, Diagnostics());
        Resolve([lib], []);
        Assert.HasCount(1, Diagnostics(), "a build without changes says the same");

        Resolve([_assemblies.Carrier("Lib", ("a", TestAssemblies.Archive("a", "a.py", "b.py")))], []);
        Assert.IsEmpty(Diagnostics());
        Open("c", "c", []);
        Resolve([lib], []);
        Assert.HasCount(1, Diagnostics());
        _ignored = ["c"];
        Resolve([lib], []);
        Assert.IsEmpty(Diagnostics());
        _ignored = [];
        Resolve([lib], []);
        Assert.HasCount(1, Diagnostics());
        File.Delete(ImportsFile);
        Resolve([lib], []);
        Assert.IsEmpty(Diagnostics());
    }

    [TestMethod]
    [DataRow("a.b", "a", true)]
    [DataRow("a", "a", true)]
    [DataRow("ab", "a", false)]
    [DataRow("a", "a.*", false)]
    [DataRow("a.b.c", "a.*", true)]
    [DataRow("a.b.c", "a.*.c", true)]
    [DataRow("a.b.d", "a.*.c", false)]
    [DataRow("google_x", "google_*", true)]
    [DataRow("aa", "a*a*a", false)]
    [DataRow("a", "*", true)]
    [DataRow("a.c", "x;a.c", true)]
    public void Ignored_are_a_name_and_what_is_below_it_with_any_text_for_a_star(string module, string ignored, bool isIgnored)
    {
        _ignored = ignored.Split(';');
        Open(module, module, []);
        Resolve([], []);
        Assert.HasCount(isIgnored ? 0 : 1, Diagnostics());
    }

    [TestMethod]
    [DataRow("System.IO")]
    [DataRow("clr")]
    [DataRow("Contoso.Billing")]
    public void With_pythonnet_namespaces_are_modules(string module)
    {
        Open(module.Split('.')[0], module, []);
        string contoso = _assemblies.Plain("Contoso.Core");
        Resolve([contoso], []);
        Assert.HasCount(1, Diagnostics());
        Resolve([contoso, _assemblies.Plain("Python.Runtime")], []);
        Assert.IsEmpty(Diagnostics());
    }

    [TestMethod]
    public void Where_a_reference_cannot_be_looked_into_only_what_is_the_projects_own_is_said()
    {
        Open("lib", "lib", []);
        Resolve([_assemblies.CarrierWithoutResource("Facade", referenceAssembly: true)], []);
        Assert.IsEmpty(Diagnostics());
        Resolve([_assemblies.CarrierWithoutResource("Broken")], []);
        Assert.AreEqual("PYE1017", Diagnostics().Single().Id);
    }

    private void Open(string missing, string module, string[] names, bool isFinal = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ImportsFile)!);
        File.WriteAllText(ImportsFile, OpenImportFile.Format(
            [new OpenImport(missing, module, names, isFinal, "App", new ManifestDiagnostic("PYE1019", ManifestSeverity.Warning, "/p/a.py", 1, 1, 1, 9, "is missing"))]));
        Overwritten(ImportsFile);
    }

    // Two writes within one tick of the clock must differ too.
    private static void Overwritten(string path) => File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(Interlocked.Increment(ref s_writes)));

    private static DateTime Backdate(params string[] paths)
    {
        var time = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (string path in paths)
        {
            File.SetLastWriteTimeUtc(path, time);
        }

        return time;
    }

    private static void Overwrite(string path)
    {
        DateTime time = File.GetLastWriteTimeUtc(path);
        File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);
        File.SetLastWriteTimeUtc(path, time);
    }

    private string[] Resolve(string[] references, string[] trees) =>
        [.. ReferenceResolver.Resolve(new ReferenceOptions(references, "App", trees, "/p/App.csproj", ManifestFile, StateFile, ImportsFile, _ignored))];

    private ManifestDiagnostic[] Diagnostics() => [.. ManifestTextReader.Read(File.ReadAllText(ManifestFile)).Diagnostics];
}
