using System.Numerics;
using System.Text.RegularExpressions;

namespace PyEmbed.Native.Tests;

[TestClass]
public sealed class NativeFunctionTests
{
    private enum Color
    {
        Red = 1,
        Green = 2,
    }

    [TestMethod]
    public void Delegates_of_every_number_of_parameters_are_called()
    {
        var seen = new List<string>();
        using PythonObject host = NativeFixture.Import(module =>
        {
            module.AddFunction("f0", () => "none");
            module.AddFunction("f1", (int a) => a);
            module.AddFunction("f2", (int a, long b) => a + b);
            module.AddFunction("f3", (int a, long b, double c) => a + b + c);
            module.AddFunction("f4", (int a, long b, double c, string d) => $"{a}{b}{c}{d}");
            module.AddFunction("f5", (int a, long b, double c, string d, bool e) => (a, b, c, d, e));
            module.AddFunction("f6", (int a, long b, double c, string d, bool e, byte[] f) => (int[])[a, (int)b, f.Length]);
            module.AddFunction("f7", (int a, long b, double c, string d, bool e, byte[] f, decimal g) => g);
            module.AddFunction("f8", (int a, long b, double c, string d, bool e, byte[] f, decimal g, BigInteger h) => h * 2);
            module.AddFunction("a0", () => seen.Add("a0"));
            module.AddFunction("a1", (int a) => { seen.Add($"a1 {a}"); });
            module.AddFunction("a2", (int a, int b) => { seen.Add($"a2 {a}{b}"); });
            module.AddFunction("a3", (int a, int b, int c) => { seen.Add($"a3 {a}{b}{c}"); });
            module.AddFunction("a4", (int a, int b, int c, int d) => { seen.Add($"a4 {a}{b}{c}{d}"); });
            module.AddFunction("a5", (int a, int b, int c, int d, int e) => { seen.Add($"a5 {a}{b}{c}{d}{e}"); });
            module.AddFunction("a6", (int a, int b, int c, int d, int e, int f) => { seen.Add($"a6 {a}{b}{c}{d}{e}{f}"); });
            module.AddFunction("a7", (int a, int b, int c, int d, int e, int f, int g) => { seen.Add($"a7 {a}{b}{c}{d}{e}{f}{g}"); });
            module.AddFunction("a8", (int a, int b, int c, int d, int e, int f, int g, int h) => { seen.Add($"a8 {a}{b}{c}{d}{e}{f}{g}{h}"); });
        });
        using PythonObject result = NativeFixture.Run(host, """
            from decimal import Decimal
            everything = 1, 2, 0.5, 'x', True, b'abc', Decimal('1.50'), 2 ** 70
            results = [getattr(host, f'f{n}')(*everything[:n]) for n in range(9)]
            nothing = [getattr(host, f'a{n}')(*range(1, n + 1)) for n in range(1, 9)]
            """);
        Assert.AreEqual("['none', 1, 3, 3.5, '120.5x', (1, 2, 0.5, 'x', True), [1, 2, 3], Decimal('1.50'), 2361183241434822606848]", result["results"].ToString());
        Assert.AreEqual("[None, None, None, None, None, None, None, None]", result["nothing"].ToString());
        CollectionAssert.AreEqual(
            (string[])["a1 1", "a2 12", "a3 123", "a4 1234", "a5 12345", "a6 123456", "a7 1234567", "a8 12345678"], seen);
    }

    [TestMethod]
    public void Arguments_and_results_are_of_all_types_that_cross()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            module.AddFunction("nothing", (string? text, int? number, List<int>? list) => $"{text is null}{number is null}{list is null}");
            module.AddFunction("same", (PythonObject value) => value);
            module.AddFunction("any", (object? value) => value?.GetType().Name ?? "null");
            module.AddFunction("join", (IReadOnlyList<string> parts, Dictionary<string, int> counts) => string.Join('+', parts) + counts["a"]);
            module.AddFunction("pair", ((int, string) pair) => (pair.Item2, pair.Item1));
            module.AddFunction("color", (Color color) => color == Color.Green ? Color.Red : Color.Green);
            module.AddFunction("small", (sbyte a, ushort b, uint c, ulong d, float e, char f) => $"{a} {b} {c} {d} {e} {f}");
            module.AddFunction("map", () => new Dictionary<string, object?> { ["x"] = 1, ["y"] = null });
            module.AddFunction("text", () => "ä\0\U0001F600");
            module.AddFunction("stream", () => new MemoryStream());
        });
        using PythonObject result = NativeFixture.Run(host, """
            thing = object()
            results = [host.nothing(None, None, None), host.same(thing) is thing, [host.any(value) for value in (None, True, 1, 2 ** 80, 1.5, 'a', b'', thing)],
                       host.join(('a', 'b'), {'a': 3}), host.pair((1, 'x')), host.color(2), host.small(-1, 2, 3, 2 ** 64 - 1, 0.5, 'z'), host.map(), host.text()]
            try:
                host.stream()
            except TypeError as error:
                refused = str(error)
            """);
        Assert.AreEqual(
            "['TrueTrueTrue', True, ['null', 'Boolean', 'Int64', 'BigInteger', 'Double', 'String', 'Byte[]', 'PythonObject'], 'a+b3', ('x', 1), 1, "
            + "'-1 2 3 18446744073709551615 0.5 z', {'x': 1, 'y': None}, 'ä\\x00\U0001F600']",
            result["results"].ToString());
        StringAssert.Contains(result["refused"].As<string>(), "stream()");
        StringAssert.Contains(result["refused"].As<string>(), nameof(MemoryStream));
    }

    [TestMethod]
    public void Keywords_and_defaults_bind_as_in_a_Python_function_with_the_same_errors()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            module.AddFunction("none", () => "()");
            module.AddFunction("one", (string a) => a);
            module.AddFunction("three", (string a, string b, string c) => a + b + c);
            module.AddFunction<string, int, string>("greet", Greet);
            module.AddFunction("optional", (int a, string b) => $"{a}{b}", parameters: [new("first", 1), new("second", "x")]);
        });
        using PythonObject result = NativeFixture.Run(host, """
            def none(): return '()'
            def one(a): return a
            def three(a, b, c): return a + b + c
            def greet(name, times=2): return name * times
            def optional(first=1, second='x'): return f'{first}{second}'
            calls = [((), {}), (('p',), {}), (('p', 3), {}), (('p', 'q'), {'c': 'r'}), (('p',), {'name': 'q'}), ((), {'name': 'q', 'times': 1}), (('p',), {'tim' + 'es': 4}),
                     ((), {'a': 'x'}), ((), {'b': 'x'}), ((), {'c': 'z', 'a': 'x', 'b': 'y'}), (('p', 'q', 'r', 's'), {}), (('p', 'q', 'r'), {'c': 's'}),
                     (('p',), {'nothing': 1}), ((), {'nothing': 1}), ((1,), {'first': 1}), ((1, 'y'), {}), ((), {'second': 'z'}), ((1, 'y', 2), {})]
            def outcome(function, args, kwargs):
                try:
                    return function(*args, **kwargs)
                except TypeError as error:
                    return str(error)
            different, count = [], 0
            for function in (none, one, three, greet, optional):
                for args, kwargs in calls:
                    expected = outcome(function, args, kwargs)
                    if 'can only concatenate' in str(expected) or "can't multiply" in str(expected):
                        continue
                    actual = outcome(getattr(host, function.__name__), args, kwargs)
                    if 'argument' in str(actual) and 'must be' in str(actual):
                        continue
                    count += 1
                    if expected != actual:
                        different.append((function.__name__, args, kwargs, expected, actual))
            """);
        Assert.AreEqual("[]", result["different"].ToString());
        Assert.IsGreaterThan(70, result["count"].As<int>());
    }

    [TestMethod]
    public void Errors_of_arguments_name_function_and_parameter()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            module.AddFunction("f", (int number, string text, double real, bool truth, byte[] data, int? maybe, List<int> list, char unit) => { }, parameters:
                [new("number", 1), new("text", ""), new("real", 1.0), new("truth", true), new("data", Array.Empty<byte>()), new("maybe", null), new("list", null), new("unit", 'x')]);
            module.AddFunction("g", (Color color) => { });
        });
        using PythonObject result = NativeFixture.Run(host, """
            class Broken:
                def __index__(self): raise LookupError('own')
            def message(function=host.f, **kwargs):
                try:
                    function(**kwargs)
                except Exception as error:
                    return f'{type(error).__name__}: {error}'
            messages = [message(number='1'), message(number=1.5), message(number=None), message(text=1), message(real='x'), message(truth=1), message(data='x'), message(maybe='x'),
                        message(list=1), message(list=['x']), message(unit='ab'), message(host.g, color='x')]
            overflow = [message(number=2 ** 31), message(number=2 ** 100), message(host.g, color=2 ** 40)]
            own = message(number=Broken())
            """);
        CollectionAssert.AreEqual(
            (string[])
            [
                "TypeError: f() argument 'number' must be int, not str",
                "TypeError: f() argument 'number' must be int, not float",
                "TypeError: f() argument 'number' must be int, not None",
                "TypeError: f() argument 'text' must be str, not int",
                "TypeError: f() argument 'real' must be float, not str",
                "TypeError: f() argument 'truth' must be bool, not int",
                "TypeError: f() argument 'data' must be bytes, not str",
                "TypeError: f() argument 'maybe' must be int or None, not str",
            ],
            result["messages"].As<string[]>()[..8]);
        string[] rest = result["messages"].As<string[]>()[8..];
        StringAssert.StartsWith(rest[0], "TypeError: f() argument 'list': ");
        StringAssert.StartsWith(rest[1], "TypeError: f() argument 'list': ");
        StringAssert.Contains(rest[1], "'str'");
        StringAssert.StartsWith(rest[2], "TypeError: f() argument 'unit': ");
        Assert.AreEqual("TypeError: g() argument 'color' must be int, not str", rest[3]);
        foreach (string overflow in result["overflow"].As<string[]>())
        {
            StringAssert.Matches(overflow, new Regex("^OverflowError: [fg]\\(\\) argument '(number|color)': "));
        }

        Assert.AreEqual("LookupError: own", result["own"].As<string>());
    }

    [TestMethod]
    public void Signature_documentation_and_names_are_seen_by_inspect_and_help()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            module.AddFunction<string, int, string>("greet", Greet, "Greets someone.\n\nAs often as wanted.");
            module.AddFunction("odd", (double? a, string b, byte[] c, bool d, double e, double f, Color g) => a, parameters:
                [new("a", null), new("b", "it's\\\n\t\"ä\""), new("c", new byte[2]), new("d", true), new("e", 1e300), new("f", double.NaN), new("g", Color.Green)]);
            module.AddFunction("bare", (Dictionary<string, int> counts, IReadOnlyList<string> names, (int, string) pair, object any, decimal money) => { });
            module.AddFunction("other", () => new MemoryStream());
            module.AddFunction("single", (float a) => a, parameters: [new("a", 0.1f)]);
        });
        using PythonObject result = NativeFixture.Run(host, """
            import inspect, pydoc, pickle, sys
            signatures = [str(inspect.signature(function)) for function in (host.greet, host.odd, host.bare, host.single)]
            default = inspect.signature(host.odd).parameters['b'].default
            names = host.greet.__name__, host.greet.__qualname__, host.greet.__module__ == host.__name__, host.greet.__text_signature__, inspect.isbuiltin(host.greet), inspect.ismodule(host.greet.__self__)
            docs = [function.__doc__ for function in (host.greet, host.bare, host.other)]
            text = pydoc.plaintext.document(host.greet)
            page = pydoc.plaintext.document(host)
            pickled = pickle.loads(pickle.dumps(host.greet)) is host.greet
            """);
        CollectionAssert.AreEqual(
            (string[])["(name, times=2)", "(a=None, b='it\\'s\\\\\\n\\t\"ä\"', c=Ellipsis, d=True, e=1e+300, f=Ellipsis, g=2)", "(counts, names, pair, any, money)", "(a=0.1)"], result["signatures"].As<string[]>());
        Assert.AreEqual("it's\\\n\t\"ä\"", result["default"].As<string>());
        Assert.AreEqual("('greet', 'greet', True, '(name, times=2)', True, True)", result["names"].ToString());
        Assert.AreEqual("greet(name: str, times: int = 2) -> str\n\nGreets someone.\n\nAs often as wanted.", result["docs"][0].As<string>());
        Assert.AreEqual("other() -> MemoryStream", result["docs"][2].As<string>());
        Assert.AreEqual("bare(counts: dict[str, int], names: list[str], pair: tuple[int, str], any: object, money: decimal.Decimal) -> None", result["docs"][1].As<string>());
        StringAssert.StartsWith(result["text"].As<string>(), "greet(name, times=2)\n");
        StringAssert.Contains(result["page"].As<string>(), "As often as wanted.");
        Assert.IsTrue(result["pickled"].As<bool>());
    }

    [TestMethod]
    public void A_default_of_a_struct_is_its_zero()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            module.AddFunction<BigInteger, string>("big", Big);
            module.AddFunction<(int, int), string>("pair", Pair);
            module.AddFunction<Color, string>("color", Paint);
            module.AddFunction<int?, string>("maybe", Maybe);
            module.AddFunction<decimal, string>("money", Money);
        });
        using PythonObject result = NativeFixture.Run(host, """
            import inspect
            functions = host.big, host.pair, host.color, host.maybe, host.money
            values = [function() for function in functions]
            signatures = [str(inspect.signature(function)) for function in functions]
            """);
        CollectionAssert.AreEqual((string[])["0", "(0, 0)", "0", "none", "0"], result["values"].As<string[]>());
        CollectionAssert.AreEqual((string[])["(a=0)", "(a=Ellipsis)", "(a=0)", "(a=None)", "(a=Ellipsis)"], result["signatures"].As<string[]>());
    }

    [TestMethod]
    public void Defaults_that_no_call_could_give_are_refused()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            Refused(() => module.AddFunction("f", (int a) => a, parameters: [new("a", new object())]), "System.Object");
            Refused(() => module.AddFunction("f", (int a) => a, parameters: [new("a", "text")]), "'str'");
            Refused(() => module.AddFunction("f", (int a) => a, parameters: [new("a", null)]), "None");
            Refused(() => module.AddFunction("f", (sbyte a) => a, parameters: [new("a", 1000)]), "1000");
            Refused(() => module.AddFunction("f", (int b, List<int> a) => b, parameters: [new("b", 1), new("a", new[] { "x" })]), "'str'");
            module.AddFunction("f", (int? a, double b, List<int>? c) => $"{a}{b}{c?.Count}", parameters: [new("a", null), new("b", 1), new("c", new[] { 1 })]);
        });
        Assert.AreEqual("11", host.GetAttribute("f").Invoke().As<string>());

        static void Refused(Action add, string problem)
        {
            string message = Assert.ThrowsExactly<ArgumentException>(add).Message;
            StringAssert.StartsWith(message, "The default of the parameter 'a' of the function 'f'");
            StringAssert.Contains(message, problem);
        }
    }

    [TestMethod]
    public void Tasks_names_that_inspect_cannot_read_and_documentation_that_would_be_cut_are_refused()
    {
        using PythonObject host = NativeFixture.Import(module =>
        {
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", (int a) => Task.FromResult(a))).Message, "'f' gives a Task");
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", async () => await Task.Yield())).Message, "'f' gives a Task");
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", () => new ValueTask<int>(1))).Message, "'f' gives a ValueTask");
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", () => ValueTask.CompletedTask)).Message, "'f' gives a ValueTask");
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", (int größe) => größe)).Message, "'größe'");
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => module.AddFunction("f", () => 1, "one\0two")).Message, "'f'");
            module.AddFunction("f", (int größe) => größe, parameters: [new("groesse", 3)]);
        });
        using PythonObject result = NativeFixture.Run(host, "import inspect\nsignature = str(inspect.signature(host.f))");
        Assert.AreEqual("(groesse=3)", result["signature"].As<string>());
    }

    [TestMethod]
    public void Names_of_computed_keywords_are_compared_by_value()
    {
        using PythonObject host = NativeFixture.Import(module => module.AddFunction("f", (int first, int second) => first - second));
        using PythonObject result = NativeFixture.Run(host, "value = host.f(**{''.join(['sec', 'ond']): 1, bytes([102, 105, 114, 115, 116]).decode(): 3})");
        Assert.AreEqual(2, result["value"].As<int>());
    }

    private static string Big(BigInteger a = default) => a.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Pair((int, int) a = default) => a.ToString();

    private static string Paint(Color a = default) => a.ToString("D");

    private static string Maybe(int? a = default) => a is null ? "none" : "some";

    private static string Money(decimal a = default) => a.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Greet(string name, int times = 2) => string.Concat(Enumerable.Repeat(name, times));
}
