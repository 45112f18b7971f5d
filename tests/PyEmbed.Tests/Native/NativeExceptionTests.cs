using System.Globalization;
using PyEmbed.Tests;

#pragma warning disable CA2201 // Exceptions that the runtime throws are what is tested.
namespace PyEmbed.Native.Tests;

[TestClass]
public sealed class NativeExceptionTests
{
    [TestMethod]
    public void Exceptions_get_the_type_that_fits()
    {
        string missing = Path.Combine(Path.GetTempPath(), "pyembed-no-such-folder", "file");
        (Func<Exception> Throw, string Expected)[] cases =
        [
            (() => new ArgumentException("m"), "ValueError|m"),
            (() => new ArgumentOutOfRangeException("p", "m"), "ValueError|m (Parameter 'p')"),
            (() => new FormatException("m"), "ValueError|m"),
            (() => new InvalidCastException("m"), "TypeError|m"),
            (() => new KeyNotFoundException("m"), "KeyError|'m'"),
            (() => new IndexOutOfRangeException("m"), "IndexError|m"),
            (() => new DivideByZeroException("m"), "ZeroDivisionError|m"),
            (() => new OverflowException("m"), "OverflowError|m"),
            (() => new ArithmeticException("m"), "ArithmeticError|m"),
            (() => new TimeoutException("m"), "TimeoutError|m"),
            (() => new OutOfMemoryException("m"), "MemoryError|m"),
            (() => new EndOfStreamException("m"), "EOFError|m"),
            (() => new OperationCanceledException("m"), "CancelledError|m"),
            (() => new FileNotFoundException("m", "a/b"), "FileNotFoundError|[Errno 2] m: 'a/b'"),
            (() => new DirectoryNotFoundException("m"), "FileNotFoundError|[Errno 2] m"),
            (() => new UnauthorizedAccessException("m"), "PermissionError|[Errno 13] m"),
            (() => new IOException("m"), "OSError|m"),
            (() => new InvalidOperationException("m"), "RuntimeError|m"),
            (() => new InsufficientExecutionStackException("m"), "RecursionError|m"),
            (() => Assert.Throws<IOException>(() => File.ReadAllText(missing)), "FileNotFoundError|"),
            (() => Assert.Throws<Exception>(() => int.Parse("x", CultureInfo.InvariantCulture)), "ValueError|"),
        ];
        using PythonObject host = NativeFixture.Import(module => module.AddFunction("fail", void (int which) => throw cases[which].Throw()));
        using PythonObject result = NativeFixture.Run(host, $$"""
            import sys
            seen = []
            for which in range({{cases.Length}}):
                try:
                    host.fail(which)
                except Exception as error:
                    # Up to 3.10 the .NET stack trace is part of the text.
                    seen.append(f'{type(error).__name__}|{error}' if sys.version_info >= (3, 11) else f'{type(error).__name__}|')
            """);
        string[] seen = result["seen"].As<string[]>();
        Assert.HasCount(cases.Length, seen);
        for (int i = 0; i < cases.Length; i++)
        {
            string expected = cases[i].Expected;
            StringAssert.StartsWith(seen[i], HasNotes ? expected : expected[..(expected.IndexOf('|') + 1)]);
        }
    }

    [TestMethod]
    public void Both_stacks_are_seen_on_either_side()
    {
        Exception? thrown = null;
        using PythonObject host = NativeFixture.Import(module => module.AddFunction("fail", () => ThrowDeep(ref thrown)));
        using PythonObject result = NativeFixture.Run(host, """
            import traceback
            def python_frame():
                host.fail()
            try:
                python_frame()
            except ValueError as error:
                text = traceback.format_exc()
                kind = error.__dotnet_exception__
            """);
        string text = result["text"].As<string>();
        StringAssert.Contains(text, "in python_frame");
        StringAssert.Contains(text, "from C#");
        StringAssert.Contains(text, nameof(ThrowDeep));
        StringAssert.Contains(text, "System.ArgumentException");

        PythonException error = Assert.ThrowsExactly<PythonException>(() => result["python_frame"].Invoke());
        Assert.AreSame(thrown, error.InnerException);
        Assert.AreEqual("ValueError", error.PythonType);
        Assert.AreEqual("python_frame", error.Frames[^1].Function);
        StringAssert.Contains(error.ToString(), "python_frame");
        StringAssert.Contains(error.ToString(), nameof(ThrowDeep));
        StringAssert.Contains(error.ToString(), nameof(Both_stacks_are_seen_on_either_side));
    }

    [TestMethod]
    public void A_Python_exception_that_leaves_a_native_function_is_the_one_it_was()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            module.AddFunction("call", (PythonObject function) => function.Invoke());
            module.AddFunction("wrap", PythonObject (PythonObject function) =>
            {
                try
                {
                    return function.Invoke();
                }
                catch (PythonException e)
                {
                    throw new InvalidOperationException("wrapped", e);
                }
            });
            module.AddFunction("dispose", PythonObject (PythonObject function) =>
            {
                PythonException error = Assert.Throws<PythonException>(() => function.Invoke());
                error.Value.Dispose();
                throw error;
            });
        });
        using PythonObject result = NativeFixture.Run(host, """
            import traceback
            class Own(Exception): pass
            raised = Own('mine')
            def inner(): raise raised
            def outer(function): function(inner)
            try: outer(host.call)
            except Own as error:
                same = error is raised
                names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
            try: outer(host.wrap)
            except RuntimeError as error:
                cause = error.__cause__ is raised
                text = traceback.format_exc()
            try: outer(host.dispose)
            except RuntimeError as error:
                described = str(error)
            """);
        Assert.IsTrue(result["same"].As<bool>());
        CollectionAssert.AreEqual((string[])["<module>", "outer", "inner"], result["names"].As<string[]>());
        Assert.IsTrue(result["cause"].As<bool>());
        StringAssert.Contains(result["text"].As<string>(), "Own: mine");
        StringAssert.Contains(result["text"].As<string>(), "wrapped");
        StringAssert.Contains(result["described"].As<string>(), "mine");

        PythonException back = Assert.ThrowsExactly<PythonException>(() => host.InvokeMethod("call", result["inner"]));
        Assert.AreEqual("Own", back.PythonType.Split('.')[^1]);
        Assert.IsTrue(back.Value.Is(result["raised"]));
    }

    [TestMethod]
    public void What_is_wrapped_many_times_is_told_once()
    {
        const int Borders = 10;
        using PythonObject host = NativeFixture.Import(module => module.AddFunction("wrap", PythonObject (PythonObject function) =>
        {
            try
            {
                return function.Invoke();
            }
            catch (PythonException e)
            {
                throw new InvalidOperationException("outer", new FormatException("wrapped", e));
            }
        }));
        using PythonObject result = NativeFixture.Run(host, $$"""
            import traceback
            def down(depth):
                if depth == 0: raise ValueError('innermost')
                host.wrap(lambda: down(depth - 1))
            try: down({{Borders}})
            except RuntimeError as error:
                text = ''.join(traceback.format_exception(type(error), error, error.__traceback__))
                causes = []
                while error.__cause__ is not None:
                    error = error.__cause__
                    causes.append(type(error).__name__)
            """);
        Assert.HasCount(Borders, result["causes"].As<string[]>());
        Assert.AreEqual("ValueError", result["causes"].As<string[]>()[^1]);
        string text = result["text"].As<string>();
        Assert.HasCount(2, text.Split("ValueError: innermost"));
        StringAssert.Contains(text, "System.InvalidOperationException: outer\n ---> System.FormatException: wrapped");
        StringAssert.Contains(text, "PyEmbed.PythonException: ValueError, the cause of this exception");
        Assert.IsLessThan(Borders * 10_000, text.Length);

        PythonException error = Assert.ThrowsExactly<PythonException>(() => result["down"].Invoke(2));
        StringAssert.Contains(error.ToString(), "ValueError: innermost");
        Assert.IsInstanceOfType<FormatException>(error.InnerException!.InnerException);
    }

    [TestMethod]
    public void A_long_text_is_whole_in_the_message_and_cut_in_the_note()
    {
        using PythonObject host = NativeFixture.Import(module => module.AddFunction("fail", void (string text) => throw new InvalidOperationException(text)));
        using PythonObject result = NativeFixture.Run(host, """
            try: host.fail('\U0001F600' * 500_000 + 'end')
            except RuntimeError as error:
                length = len(str(error))
                notes = sum(map(len, getattr(error, '__notes__', [])))
            """);
        Assert.IsGreaterThan(500_000, result["length"].As<int>());
        Assert.IsLessThan(40_000, HasNotes ? result["notes"].As<int>() : result["length"].As<int>() - 500_003);
    }

    [TestMethod]
    public void Exceptions_can_be_pickled_and_copied()
    {
        using PythonObject host = NativeFixture.Import(module => module.AddFunction("fail", void () => throw new InvalidOperationException("from C#")));
        using PythonObject result = NativeFixture.Run(host, """
            import copy, pickle
            try: host.fail()
            except RuntimeError as error:
                copies = [pickle.loads(pickle.dumps(error)), copy.deepcopy(error)]
                seen = [(type(each) is RuntimeError, each.args == error.args, each.__dotnet_exception__) for each in copies]
            """);
        Assert.AreEqual("[(True, True, 'System.InvalidOperationException'), (True, True, 'System.InvalidOperationException')]", result["seen"].ToString());
        using PythonObject copy = result["copies"][0];
        Assert.AreEqual("from C#", result["copies"][1].GetAttribute("args")[0].As<string>()[..7]);
    }

    [TestMethod]
    public void Exceptions_that_cannot_be_described_are_raised_all_the_same()
    {
        using PythonObject host = NativeFixture.Import(module => module.AddFunction("fail", void (bool text) => throw new NastyException(text)));
        using PythonObject result = NativeFixture.Run(host, """
            seen = []
            for text in (False, True):
                try: host.fail(text)
                except RuntimeError as error: seen.append(type(error).__name__)
            """);
        Assert.AreEqual("['RuntimeError', 'RuntimeError']", result["seen"].ToString());
    }

    [TestMethod]
    public void Recursion_through_both_languages_ends_with_an_exception()
    {
        using PythonObject host = NativeFixture.Import(module => module.AddFunction("call", (PythonObject function, int depth) => function.Invoke<int>(depth)));
        // Python's own limit, and a small stack that is used up before.
        Exception? failure = null;
        foreach ((int limit, int stack) in ((int, int)[])[(200, 4 << 20), (100_000, 1 << 19)])
        {
            var thread = new Thread(() => failure = Record(() => Recurse(host, limit)), stack);
            thread.Start();
            thread.Join();
            Assert.IsNull(failure, $"{limit}: {failure}");
        }
    }

    private static Exception? Record(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static void Recurse(PythonObject host, int limit)
    {
        using PythonObject result = NativeFixture.Run(host, $$"""
            import sys
            before = sys.getrecursionlimit()
            deepest = 0
            def down(depth):
                global deepest
                deepest = depth
                return host.call(down, depth + 1)
            seen = None
            sys.setrecursionlimit({{limit}})
            try:
                down(0)
            except RecursionError as error:
                seen = type(error).__name__
            finally:
                sys.setrecursionlimit(before)
            again = host.call(abs, -3)
            """);
        Assert.AreEqual("RecursionError", result["seen"].As<string>());
        Assert.AreEqual(3, result["again"].As<int>());
        Assert.IsGreaterThan(20, result["deepest"].As<int>());
    }

    private static bool HasNotes => PythonFixture.Python.Evaluate<bool>("__import__('sys').version_info >= (3, 11)");

    private static void ThrowDeep(ref Exception? thrown)
    {
        thrown = new ArgumentException("from C#");
        throw thrown;
    }

    private sealed class NastyException(bool text) : Exception
    {
        public override string Message => text ? "readable" : throw new InvalidOperationException("no message");

        public override string ToString() => throw new InvalidOperationException("no text");
    }
}
