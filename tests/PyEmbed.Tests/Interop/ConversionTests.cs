using System.Numerics;
using static PyEmbed.Interop.Tests.InteropFixture;

namespace PyEmbed.Interop.Tests;

[TestClass]
public sealed class ConversionTests
{
    private enum Colour : byte
    {
        Red = 1,
        Blue = 255,
    }

    private static IEnumerable<object[]> Values =>
    [
        [true, "True"], [false, "False"], [(sbyte)-128, "-128"], [(byte)255, "255"], [short.MinValue, "-32768"], [ushort.MaxValue, "65535"],
        [int.MinValue, "-2147483648"], [uint.MaxValue, "4294967295"], [long.MinValue, "-9223372036854775808"], [ulong.MaxValue, "18446744073709551615"],
        [1.5, "1.5"], [0.1f, "0.10000000149011612"], [double.NegativeInfinity, "-inf"], [double.NaN, "nan"], [-0.0, "-0.0"],
        [1.10m, "Decimal('1.10')"], ['x', "'x'"], ["", "''"], ["text", "'text'"], ["a\0b", @"'a\x00b'"], ["\u00e9\u20ac\U0001F600", "'\u00e9\u20ac\U0001F600'"],
        ["\ud800", @"'\ud800'"], ["a\udc00\ud800", @"'a\udc00\ud800'"],
        [new byte[] { 0, 1, 255 }, @"b'\x00\x01\xff'"], [new ReadOnlyMemory<byte>([1, 2]), @"b'\x01\x02'"], [new Memory<byte>([1, 2]), @"b'\x01\x02'"],
        [Colour.Blue, "255"], [BigInteger.Pow(2, 64), "18446744073709551616"], [-BigInteger.Pow(2, 64), "-18446744073709551616"], [BigInteger.MinusOne, "-1"],
        [(1, "a"), "(1, 'a')"], [new Tuple<int>(1), "(1,)"], [(1, 2, 3, 4, 5, 6, 7, 8, 9), "(1, 2, 3, 4, 5, 6, 7, 8, 9)"],
        [new[] { 1, 2 }, "[1, 2]"], [new List<object?> { null, "a", new[] { 1.5 } }, "[None, 'a', [1.5]]"],
        [new Dictionary<string, int> { ["a"] = 1 }, "{'a': 1}"], [Array.Empty<int>(), "[]"],
    ];

    [TestMethod]
    [DynamicData(nameof(Values))]
    public void NET_values_become_Python_objects(object value, string expected)
    {
        Assert.AreEqual(expected, Evaluate("repr").Invoke<string>(value));
    }

    [TestMethod]
    public void Strings_of_every_length_and_width_cross_both_ways()
    {
        using PythonObject identity = Evaluate("lambda text: text + ''"), describe = Evaluate("lambda text: (len(text), ord(max(text)), hash(text) == hash(text.encode().decode()))");
        foreach (char last in "a\0\x7F\x80\xFF\u0100\u20AC")
        {
            for (int length = 1; length < 300; length = length < 20 ? length + 1 : length * 2)
            {
                string text = new string('a', length - 1) + last;
                Assert.AreEqual(text, identity.Invoke<string>(text));
                Assert.AreEqual((length, Math.Max(length > 1 ? 'a' : 0, last), true), describe.Invoke<(int, int, bool)>(text));
            }
        }

        Assert.IsTrue(Evaluate("lambda text: text is ''").Invoke<bool>(""), "CPython has one empty str");
    }

    [TestMethod]
    public void Null_is_None_and_a_PythonObject_is_itself()
    {
        Assert.IsTrue(PythonObject.From(null).IsNone);
        using PythonObject list = Evaluate("[]");
        Assert.IsTrue(PythonObject.From(list).Is(list));
        Assert.IsTrue(Evaluate("lambda x: x").Invoke(list).Is(list));
        Assert.IsTrue(PythonObject.From(new[] { list })[0].Is(list));
    }

    [TestMethod]
    public void Other_NET_types_are_refused_by_name()
    {
        StringAssert.Contains(Assert.ThrowsExactly<InvalidCastException>(() => PythonObject.From(new Uri("http://localhost"))).Message, "System.Uri");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("print").Invoke(1, new object())).Message, "System.Object");
    }

    [TestMethod]
    public void Containers_that_contain_themselves_are_refused()
    {
        var list = new List<object?>();
        list.Add(list);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => PythonObject.From(list)).Message, "contains itself");
        var dictionary = new Dictionary<string, object?>();
        dictionary["a"] = new[] { dictionary };
        Assert.ThrowsExactly<ArgumentException>(() => PythonObject.From(dictionary));
    }

    [TestMethod]
    public void Nesting_does_not_overflow_a_small_stack()
    {
        var list = new List<object?>();
        list.Add(list);
        Exception? error = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    PythonObject.From(list);
                }
                catch (ArgumentException e)
                {
                    error = e;
                }
            },
            maxStackSize: 192 * 1024);
        using PythonObject started = Evaluate("0");
        thread.Start();
        Assert.IsTrue(thread.Join(TimeSpan.FromSeconds(60)));
        Assert.IsNotNull(error);
    }

    [TestMethod]
    public void Deep_containers_cross()
    {
        object? nested = null;
        for (int i = 0; i < 900; i++)
        {
            nested = new object?[] { nested };
        }

        using PythonObject value = PythonObject.From(nested);
        Assert.AreEqual(900, Execute("def depth(x):\n    n = 0\n    while x is not None: x, n = x[0], n + 1\n    return n")["depth"].Invoke<int>(value));
    }

    [TestMethod]
    public void Integers_are_read_in_their_range_only()
    {
        Assert.AreEqual(127, Evaluate("127").As<sbyte>());
        Assert.AreEqual(byte.MaxValue, Evaluate("255").As<byte>());
        Assert.AreEqual(short.MinValue, Evaluate("-32768").As<short>());
        Assert.AreEqual(ushort.MaxValue, Evaluate("65535").As<ushort>());
        Assert.AreEqual(int.MinValue, Evaluate("-2**31").As<int>());
        Assert.AreEqual(uint.MaxValue, Evaluate("2**32-1").As<uint>());
        Assert.AreEqual(long.MinValue, Evaluate("-2**63").As<long>());
        Assert.AreEqual(ulong.MaxValue, Evaluate("2**64-1").As<ulong>());
        Assert.AreEqual(1, Evaluate("True").As<int>());
        Assert.AreEqual(5, Evaluate("type('I', (), {'__index__': lambda self: 5})()").As<int>());
        StringAssert.Contains(Overflow<sbyte>("128"), "128");
        StringAssert.Contains(Overflow<byte>("-1"), "System.Byte");
        Overflow<short>("32768");
        Overflow<ushort>("-1");
        Overflow<int>("2**31");
        Overflow<uint>("-1");
        Overflow<long>("2**63");
        Overflow<ulong>("-1");
        Overflow<ulong>("2**64");
        Overflow<long>("-2**63-1");
        Overflow<int>("10**100000");

        static string Overflow<T>(string expression) => Assert.ThrowsExactly<OverflowException>(() => Evaluate(expression).As<T>()).Message;
    }

    [TestMethod]
    public void Big_integers_cross_both_ways()
    {
        foreach (string expression in (string[])["0", "-1", "2**63", "-2**63", "2**64", "-2**64", "2**127", "-2**127", "2**128-1", "10**5000", "-(10**5000)", "255", "256", "-256"])
        {
            using PythonObject number = Evaluate(expression);
            BigInteger value = number.As<BigInteger>();
            Assert.AreEqual(number, PythonObject.From(value), expression);
        }

        Assert.AreEqual(BigInteger.Pow(10, 5000), Evaluate("10**5000").As<BigInteger>());
    }

    [TestMethod]
    public void Floats_are_read_from_numbers()
    {
        Assert.AreEqual(1.5, Evaluate("1.5").As<double>());
        Assert.AreEqual(3.0, Evaluate("3").As<double>());
        Assert.IsTrue(double.IsNaN(Evaluate("float('nan')").As<double>()));
        Assert.AreEqual(-1.0, Evaluate("-1.0").As<double>());
        Assert.AreEqual(float.PositiveInfinity, Evaluate("float('inf')").As<float>());
        Assert.AreEqual(0.25, Evaluate("__import__('fractions').Fraction(1, 4)").As<double>());
        Assert.ThrowsExactly<OverflowException>(() => Evaluate("1e300").As<float>());
        Assert.ThrowsExactly<OverflowException>(() => Evaluate("10**400").As<double>());
        WrongType<double>("'1.5'", "str");
        Assert.AreEqual("ZeroDivisionError", Assert.ThrowsExactly<PythonException>(
            () => Evaluate("type('F', (), {'__float__': lambda self: 1 // 0})()").As<double>()).PythonType);
    }

    [TestMethod]
    public void Decimals_are_exact()
    {
        Assert.AreEqual(1.10m, Evaluate("__import__('decimal').Decimal('1.10')").As<decimal>());
        Assert.AreEqual(decimal.MaxValue, PythonObject.From(decimal.MaxValue).As<decimal>());
        Assert.AreEqual(-3m, Evaluate("-3").As<decimal>());
        Assert.ThrowsExactly<OverflowException>(() => Evaluate("10**30").As<decimal>());
        Assert.ThrowsExactly<OverflowException>(() => Evaluate("__import__('decimal').Decimal('NaN')").As<decimal>());
        WrongType<decimal>("0.1", "float");
    }

    [TestMethod]
    public void Strings_keep_every_code_unit()
    {
        foreach (string text in (string[])["", "\0", "plain", "\u00ff", "\u0100", "\U0001F600", "\ud83d", "\ude00", "\ude00\ud83d", "x\ud800y\U0010FFFFz", new string('\u20ac', 100_000)])
        {
            using PythonObject value = PythonObject.From(text);
            Assert.AreEqual(text, value.As<string>());
        }

        Assert.AreEqual(2, Evaluate("len").Invoke<int>("\U0001F600\ud800"));
        Assert.AreEqual("\ud83d\ude00", Evaluate(@"'\ud83d\ude00'").As<string>());
        Assert.AreEqual("sub", Evaluate("type('S', (str,), {})('sub')").As<string>());
        Assert.IsNull(Evaluate("None").As<string>());
        Assert.AreEqual('\u20ac', Evaluate("'\u20ac'").As<char>());
        Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("'ab'").As<char>());
        Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("'\U0001F600'").As<char>());
        WrongType<string>("b'x'", "bytes");
        WrongType<string>("1", "int");
    }

    [TestMethod]
    public void A_huge_string_crosses()
    {
        string text = new('a', 100_000_000);
        using PythonObject value = PythonObject.From(text);
        Assert.AreEqual(text.Length, Evaluate("len").Invoke<int>(value));
        Assert.AreEqual(text, value.As<string>());
    }

    [TestMethod]
    public void Binary_data_is_copied_from_buffers()
    {
        CollectionAssert.AreEqual(new byte[] { 1, 2 }, Evaluate(@"b'\x01\x02'").As<byte[]>());
        CollectionAssert.AreEqual(new byte[] { 1 }, Evaluate(@"bytearray(b'\x01')").As<byte[]>());
        CollectionAssert.AreEqual(new byte[] { 2, 3 }, Evaluate(@"memoryview(b'\x01\x02\x03')[1:]").As<ReadOnlyMemory<byte>>().ToArray());
        CollectionAssert.AreEqual(Array.Empty<byte>(), Evaluate("b''").As<byte[]>());
        Assert.AreEqual("BufferError", Assert.ThrowsExactly<PythonException>(() => Evaluate("memoryview(b'abcd')[::2]").As<byte[]>()).PythonType);
        WrongType<byte[]>("'text'", "str");
        WrongType<byte[]>("[1]", "list");
    }

    [TestMethod]
    public void Booleans_are_read_from_bool_only()
    {
        Assert.IsTrue(Evaluate("True").As<bool>());
        Assert.IsFalse(Evaluate("False").As<bool>());
        WrongType<bool>("1", "int");
        WrongType<bool>("None", "None");
    }

    [TestMethod]
    public void Enums_are_read_from_integers()
    {
        Assert.AreEqual(Colour.Red, Evaluate("1").As<Colour>());
        Assert.AreEqual((Colour)7, Evaluate("7").As<Colour>());
        Assert.AreEqual(Colour.Blue, Evaluate("__import__('enum').IntEnum('E', {'B': 255}).B").As<Colour>());
        Assert.AreEqual(Colour.Red, Evaluate("1").As<Colour?>());
        Assert.IsNull(Evaluate("None").As<Colour?>());
        Assert.ThrowsExactly<OverflowException>(() => Evaluate("256").As<Colour>());
        Assert.ThrowsExactly<OverflowException>(() => Evaluate("2**70").As<Colour>());
        Assert.ThrowsExactly<OverflowException>(() => Evaluate("-1").As<Colour>());
        WrongType<Colour>("'Red'", "str");
    }

    [TestMethod]
    public void Nullables_are_null_for_None()
    {
        Assert.IsNull(Evaluate("None").As<int?>());
        Assert.AreEqual(1, Evaluate("1").As<int?>());
        CollectionAssert.AreEqual(new int?[] { 1, null }, Evaluate("[1, None]").As<int?[]>());
        WrongType<int>("None", "None");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("None").As<int>()).Message, "Int32?");
    }

    [TestMethod]
    public void Lists_are_read_from_iterables()
    {
        CollectionAssert.AreEqual(new[] { 1, 2 }, Evaluate("[1, 2]").As<List<int>>());
        CollectionAssert.AreEqual(new[] { 1, 2 }, Evaluate("(1, 2)").As<int[]>());
        CollectionAssert.AreEqual(new[] { "a", null }, Evaluate("(x for x in ('a', None))").As<IReadOnlyList<string?>>().ToArray());
        CollectionAssert.AreEqual(new[] { 0L, 1L }, Evaluate("range(2)").As<IEnumerable<long>>().ToArray());
        CollectionAssert.AreEqual(new object?[] { 1L, "a", null, 1.5, true }, Evaluate("[1, 'a', None, 1.5, True]").As<object?[]>());
        CollectionAssert.AreEqual(new[] { 3 }, Evaluate("{3}").As<List<int>>());
        CollectionAssert.AreEqual(new[] { 1.5, 2.5 }, Evaluate("__import__('array').array('d', [1.5, 2.5])").As<double[]>());
        Assert.AreEqual(BigInteger.Pow(2, 70), Evaluate("[2**70]").As<object[]>()[0]);
        Assert.AreEqual("[1]", ((PythonObject)Evaluate("[[1]]").As<object[]>()[0]).ToString());
        Assert.AreEqual("ab", string.Concat(Evaluate("['a', 'b']").As<IEnumerable<string>>()));
        Assert.AreEqual(2, Evaluate("[b'1', b'2']").As<List<byte[]>>().Count);
        Assert.IsNull(Evaluate("None").As<List<int>>());
        WrongType<List<string>>("'ab'", "str");
        WrongType<List<int>>("b'ab'", "bytes");
        WrongType<int[]>("{1: 2}", "dict");
        WrongType<int[]>("1", "int");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("[1, 'a']").As<List<int>>()).Message, "'str'");
        Assert.AreEqual("ZeroDivisionError", Assert.ThrowsExactly<PythonException>(() => Evaluate("(1 // x for x in (1, 0))").As<List<int>>()).PythonType);
    }

    [TestMethod]
    public void A_list_that_shrinks_while_it_is_read_does_no_harm()
    {
        using PythonObject module = Execute("class I:\n    def __index__(self):\n        items.clear()\n        return 1\nitems = [I(), I(), I()]");
        CollectionAssert.AreEqual(new[] { 1 }, module["items"].As<List<int>>());
    }

    [TestMethod]
    public void A_list_that_contains_itself_is_read_one_level_deep()
    {
        using PythonObject list = Execute("a = [1]\na.append(a)")["a"];
        object[] items = list.As<object[]>();
        Assert.AreEqual(1L, items[0]);
        Assert.IsTrue(((PythonObject)items[1]).Is(list));
    }

    [TestMethod]
    public void Dictionaries_are_read_from_mappings()
    {
        Assert.AreEqual(1, Evaluate("{'a': 1}").As<Dictionary<string, int>>()["a"]);
        Assert.AreEqual("x", Evaluate("{5: 'x'}").As<IReadOnlyDictionary<int, string>>()[5]);
        Assert.AreEqual(2.5, Evaluate("__import__('collections').OrderedDict(a=2.5)").As<IDictionary<string, double>>()["a"]);
        Assert.AreEqual(1L, Evaluate("__import__('types').MappingProxyType({'a': 1})").As<Dictionary<string, object?>>()["a"]);
        Assert.AreEqual("pair", Evaluate("{(1, 2): 'pair'}").As<Dictionary<object, string>>()[Evaluate("(1, 2)")]);
        Assert.IsNull(Evaluate("None").As<Dictionary<string, int>>());
        StringAssert.Contains(Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("{None: 1}").As<Dictionary<string, int>>()).Message, "None");
        WrongType<Dictionary<string, int>>("[1]", "list");
        WrongType<Dictionary<string, int>>("'a'", "str");
        WrongType<Dictionary<string, int>>("{1: 1}", "int");
    }

    [TestMethod]
    public void Tuples_are_read_by_their_length()
    {
        Assert.AreEqual((1, "a"), Evaluate("(1, 'a')").As<(int, string)>());
        Assert.AreEqual(ValueTuple.Create(1.5), Evaluate("(1.5,)").As<ValueTuple<double>>());
        Assert.AreEqual((1, 2, 3, 4, 5, 6, (int?)null), Evaluate("(1, 2, 3, 4, 5, 6, None)").As<(int, int, int, int, int, int, int?)>());
        (List<int> items, Colour colour) = Evaluate("([1], 255)").As<(List<int>, Colour)>();
        Assert.AreEqual((1, Colour.Blue), (items[0], colour));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("(1, 2, 3)").As<(int, int)>()).Message, "3 items");
        WrongType<(int, int)>("[1, 2]", "list");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("(1, 'a')").As<(int, Uri)>()).Message, "System.Uri");
    }

    [TestMethod]
    public void Types_outside_the_list_are_refused_by_name()
    {
        StringAssert.Contains(Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("1").As<Uri>()).Message, "System.Uri");
        Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("1").As<List<List<int>>>());
        Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("1").As<DateTime>());
    }

    [TestMethod]
    public void Registered_types_cross_both_ways()
    {
        PythonConverter.Register(o => Version.Parse(o.As<string>()), (Version version) => version.ToString());
        Assert.AreEqual(new Version(1, 2), Evaluate("'1.2'").As<Version>());
        Assert.AreEqual("'1.2'", Evaluate("repr").Invoke<string>(new Version(1, 2)));
        Assert.AreEqual("['1.2']", Evaluate("repr").Invoke<string>(new object?[] { new[] { new Version(1, 2) } }));
        Assert.AreEqual((new Version(3, 4), 1), Evaluate("('3.4', 1)").As<(Version, int)>());
        Assert.ThrowsExactly<InvalidOperationException>(() => PythonConverter.Register(o => new Version(), (Version version) => null));
        Assert.ThrowsExactly<ArgumentException>(() => PythonConverter.Register(o => 1, (int value) => null));
        PythonConverter.Register(o => new UriBuilder(), (UriBuilder builder) => builder);
        Assert.ThrowsExactly<ArgumentException>(() => PythonObject.From(new UriBuilder()), "a conversion that gives its own type has no end");
    }

    [TestMethod]
    public void A_registered_type_stands_for_the_classes_derived_from_it()
    {
        using PythonObject repr = Evaluate("repr");
        Assert.ThrowsExactly<InvalidCastException>(() => PythonObject.From(new Savings()), "and that nothing was found is not remembered for ever");
        PythonConverter.Register(o => new Account(), (Account account) => $"account {account.GetType().Name}");
        Assert.AreEqual("'account Savings'", repr.Invoke<string>(new Savings()));
        Assert.AreEqual("['account Account', 'account Savings']", repr.Invoke<string>(new List<Account> { new(), new Savings() }));
        Assert.IsInstanceOfType<Account>(Evaluate("1").As<Account>());
        StringAssert.Contains(Assert.ThrowsExactly<InvalidCastException>(() => Evaluate("1").As<Savings>()).Message, nameof(Savings), "an Account is no Savings");

        PythonConverter.Register(o => new Savings(), (Savings _) => "savings");
        Assert.AreEqual("'savings'", repr.Invoke<string>(new Savings()));
        Assert.AreEqual("'savings'", repr.Invoke<string>(new Pension()), "the nearest registered type counts");
        Assert.AreEqual("'account Account'", repr.Invoke<string>(new Account()));
    }

    private class Account;

    private class Savings : Account;

    private sealed class Pension : Savings;

    private static void WrongType<T>(string expression, string pythonType)
    {
        string message = Assert.ThrowsExactly<InvalidCastException>(() => Evaluate(expression).As<T>()).Message;
        StringAssert.Contains(message, pythonType);
        Type expected = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        Assert.IsTrue(message.Contains(expected.ToString(), StringComparison.Ordinal) || expected.IsGenericType, message);
    }
}
