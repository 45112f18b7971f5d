using System.ComponentModel;
using PyEmbed.Tests;

namespace PyEmbed.Isolates.Tests;

/// <summary>Extension modules in isolates, made here by the C compiler of the machine.</summary>
[TestClass]
public sealed class ExtensionTests
{
    // What Python.h declares, as far as it is used; the stable ABI has it so.
    private const string Header = """
        struct definition
        {
            long references;
            void *type, *init;
            long index;
            void *copy;
            const char *name, *doc;
            long size;
            void *methods, *slots, *traverse, *clear, *free;
        };
        struct slot { int number; void *value; };
        extern void *PyModule_Create2(struct definition *, int);
        extern void *PyModuleDef_Init(struct definition *);

        """;

    [TestMethod]
    public void Only_modules_that_support_isolates_are_imported()
    {
        using TemporaryFolder folder = new();
        Compile(folder, "single_phase", """
            static struct definition module = { 1, 0, 0, 0, 0, "single_phase", 0, -1 };
            void *PyInit_single_phase(void) { return PyModule_Create2(&module, 1013); }
            """);
        const string multi = """
            static struct slot slots[] = { SLOTS { 0, 0 } };
            static struct definition module = { 1, 0, 0, 0, 0, "NAME", 0, 0, 0, slots };
            void *PyInit_NAME(void) { return PyModuleDef_Init(&module); }
            """;
        Compile(folder, "multi_phase", multi.Replace("SLOTS", "", StringComparison.Ordinal).Replace("NAME", "multi_phase", StringComparison.Ordinal));
        bool knows = PythonFixture.Python.Evaluate<bool>("__import__('sys').version_info >= (3, 12)");

        // Py_mod_multiple_interpreters: none, and also with GILs of their own.
        string Slots(int value) => knows ? $"{{ 3, (void *){value} }}," : "";
        Compile(folder, "declines", multi.Replace("SLOTS", Slots(0), StringComparison.Ordinal).Replace("NAME", "declines", StringComparison.Ordinal));
        Compile(folder, "own_gil", multi.Replace("SLOTS", Slots(2), StringComparison.Ordinal).Replace("NAME", "own_gil", StringComparison.Ordinal));

        foreach (bool ownGil in (ReadOnlySpan<bool>)[false, true])
        {
            using PythonIsolate isolate = PythonFixture.Python.CreateIsolated(new PythonIsolateOptions { AutoMount = false, SearchPaths = [folder.Path], OwnGil = ownGil });
            foreach ((string name, bool isLetIn) in (ReadOnlySpan<(string, bool)>)[("single_phase", false), ("multi_phase", !isolate.HasOwnGil), ("declines", !knows), ("own_gil", true)])
            {
                if (isLetIn)
                {
                    isolate.Import(name).Dispose();
                    continue;
                }

                PythonImportException error = Assert.ThrowsExactly<PythonImportException>(() => isolate.Import(name), $"{name}, own GIL: {ownGil}");
                Assert.AreEqual(name, error.Module);
                StringAssert.Contains(error.Message, "cannot be imported in an isolate", StringComparison.Ordinal);
                StringAssert.Contains(error.Message, "worker process", StringComparison.Ordinal);
            }
        }
    }

    [TestMethod]
    public void Isolates_with_GILs_of_their_own_hold_them_at_the_same_time()
    {
        using Barrier barrier = new(2);
        var options = new PythonIsolateOptions
        {
            AutoMount = false,
            OwnGil = true,

            // Holds the GIL while it waits; a minute, which is only waited for where the GIL is one.
            NativeModules = { { "isolate_barrier", module => module.AddFunction("meet", () => barrier.SignalAndWait(TimeSpan.FromMinutes(1))) } },
        };
        using PythonIsolate first = PythonFixture.Python.CreateIsolated(options), second = PythonFixture.Python.CreateIsolated(options);
        if (!first.HasOwnGil)
        {
            Assert.Inconclusive("CPython has one GIL before 3.12.");
        }

        const string code = """
            import isolate_barrier, sys
            for _ in range(3):
                assert isolate_barrier.meet()
                sum(range(1000))
            """;
        Task.WaitAll(
            first.RunAsync(own => { own.Execute(code); return 0; }),
            second.RunAsync(own => { own.Execute(code); return 0; }));
    }

    private static void Compile(TemporaryFolder folder, string name, string code)
    {
        string source = Path.Combine(folder.Path, name + ".c"), target = Path.Combine(folder.Path, name + PythonFixture.Python.Evaluate<string>("__import__('_imp').extension_suffixes()[0]"));
        File.WriteAllText(source, Header + code);
        TestHostProcess result;
        try
        {
            result = TestHostProcess.RunProgram(new Dictionary<string, string?>(), "cc", "-shared", "-fPIC", "-o", target, source);
        }
        catch (Win32Exception)
        {
            Assert.Inconclusive("There is no C compiler, cc.");
            return;
        }

        Assert.AreEqual(0, result.ExitCode, result.ToString());
    }
}
