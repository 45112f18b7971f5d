using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using PyEmbed;
using PyEmbed.Discovery;

// One measurement a process, since CPython starts once; bench.py runs them in turn. Prints milliseconds.
switch (args)
{
    // Start, with the trees of an assembly mounted.
    case ["start", var path]:
        Assembly assembly = Assembly.LoadFrom(path);
        long begin = Stopwatch.GetTimestamp();
        PythonInterpreter python = PythonInterpreter.Start(new PythonOptions { Mounts = [PythonTree.FromAssembly(assembly)] });
        Print(begin);
        python.Dispose();
        return 0;

    // What of it is CPython's own: loading and initialising the library.
    case ["initialize"]:
        PythonInstallation installation = PythonLocator.Locate(new PythonOptions());
        begin = Stopwatch.GetTimestamp();
        PythonStartup.Load(installation);
        PythonStartup.Initialize(installation);
        Print(begin);
        return 0;

    // Importing all modules of an assembly for code of others: under a policy and capabilities ("restricted"), under one of them, or
    // under neither ("hooked"). Where there are no capabilities, a hook in C that does nothing stands in for theirs.
    case ["import", "restricted" or "policy" or "capabilities" or "hooked", var path]:
        PythonTree tree = PythonTree.FromAssembly(Assembly.LoadFrom(path));
        bool hasCapabilities = args[1] is "restricted" or "capabilities";
        python = PythonInterpreter.Start(new PythonOptions
        {
            Mounts = [tree],
            BytecodeCacheDirectory = "",
            FileSystem = false,
            Policy = args[1] switch
            {
                "restricted" => PythonPolicy.Restricted,
                "policy" => PythonPolicy.Desktop with { Deny = ["subprocess"] },
                _ => PythonPolicy.Desktop,
            },
            Capabilities = hasCapabilities ? PythonCapabilities.None : null,
        });
        if (!hasCapabilities)
        {
            NoHook.Install();
        }

        string[] names = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(path)!, "modules.txt"));
        using (PythonScope scope = new())
        {
            // Time of the processor: what else runs on the machine counts less.
            python.Execute($"from time import thread_time\ndef load():\n    import {string.Join("\n    import ", names)}\n", scope);
            CleanHeap.Collect();
            python.Execute("begin = thread_time(); load(); spent = 1000 * (thread_time() - begin)", scope);
            Console.WriteLine(scope.Get<double>("spent").ToString("F3", CultureInfo.InvariantCulture));
        }

        python.Dispose();
        return 0;

    // Pure-Python work a second: two isolates with GILs of their own against one. Exit code 3: this CPython has one GIL.
    case ["isolates", var rounds]:
        python = PythonInterpreter.Start(new PythonOptions { AutoMount = false, BytecodeCacheDirectory = "" });
        var options = new PythonIsolateOptions { AutoMount = false, OwnGil = true };
        using (PythonIsolate first = python.CreateIsolated(options), second = python.CreateIsolated(options))
        {
            if (!first.HasOwnGil)
            {
                Console.Error.WriteLine("CPython has GILs of interpreters' own from 3.12 on");
                return 3;
            }

            const string work = "def work():\n    total = 0\n    for i in range(3_000_000):\n        total += i % 7\nwork()";
            int Work(PythonIsolate isolate)
            {
                isolate.Execute(work);
                return 0;
            }

            TimeSpan one = TimeSpan.MaxValue, two = TimeSpan.MaxValue;
            for (int i = 0; i < int.Parse(rounds, CultureInfo.InvariantCulture); i++)
            {
                begin = Stopwatch.GetTimestamp();
                Work(first);
                TimeSpan alone = Stopwatch.GetElapsedTime(begin);
                begin = Stopwatch.GetTimestamp();
                await Task.WhenAll(first.RunAsync(Work), second.RunAsync(Work));
                TimeSpan together = Stopwatch.GetElapsedTime(begin);

                // Of each the least: what else runs on the machine only adds to it.
                one = alone < one ? alone : one;
                two = together < two ? together : two;
            }

            Console.WriteLine((2 * one / two).ToString("F3", CultureInfo.InvariantCulture));
        }

        python.Dispose();
        return 0;

    default:
        Console.Error.WriteLine("usage: PyEmbed.Benchmarks start <assembly> | initialize | import restricted|policy|capabilities|hooked <assembly> | isolates <rounds>");
        return 2;
}

static void Print(long begin) =>
    Console.WriteLine(Stopwatch.GetElapsedTime(begin).TotalMilliseconds.ToString("F3", CultureInfo.InvariantCulture));
