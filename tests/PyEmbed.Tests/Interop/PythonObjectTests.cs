using static PyEmbed.Interop.Tests.InteropFixture;

namespace PyEmbed.Interop.Tests;

[TestClass]
public sealed class PythonObjectTests
{
    [TestMethod]
    public void Attributes_are_read_set_probed_and_deleted()
    {
        using PythonObject module = Execute("class C:\n    x = 1\n    @property\n    def bad(self): raise ValueError('no')\nc = C()");
        using PythonObject c = module["c"];
        Assert.AreEqual(1, c.GetAttribute("x").As<int>());
        c.SetAttribute("x", "two");
        Assert.AreEqual("two", c.GetAttribute("x").As<string>());
        c.SetAttribute("nothing", null);
        Assert.IsTrue(c.GetAttribute("nothing").IsNone);
        c.DeleteAttribute("x");
        Assert.AreEqual(1, c.GetAttribute("x").As<int>());
        Assert.IsTrue(c.HasAttribute("x"));
        Assert.IsFalse(c.HasAttribute("y"));
        Assert.AreEqual("ValueError", Assert.ThrowsExactly<PythonException>(() => c.HasAttribute("bad")).PythonType);
        Assert.AreEqual("AttributeError", Assert.ThrowsExactly<PythonException>(() => c.GetAttribute("y")).PythonType);
        Assert.AreEqual("AttributeError", Assert.ThrowsExactly<PythonException>(() => c.DeleteAttribute("x")).PythonType);
    }

    [TestMethod]
    public void Calls_take_positional_and_keyword_arguments()
    {
        using PythonObject module = Execute("def f(*args, **kwargs): return repr((args, sorted(kwargs.items())))\nclass C:\n    def m(self, *args, **kwargs): return f(*args, **kwargs)");
        using PythonObject f = module["f"], c = module["C"].Invoke();
        Assert.AreEqual("((), [])", f.Invoke<string>());
        Assert.AreEqual("((1, 'a', None), [])", f.Invoke<string>(1, "a", null));
        Assert.AreEqual("((1,), [('k', 2), ('l', None)])", f.Invoke<string>(1, new PythonKeyword("k", 2), new PythonKeyword("l", null)));
        Assert.AreEqual("((), [])", c.InvokeMethod<string>("m"));
        Assert.AreEqual("((1,), [])", c.InvokeMethod<string>("m", 1));
        Assert.AreEqual("((1,), [('k', 2)])", c.InvokeMethod<string>("m", 1, new PythonKeyword("k", 2)));
        Assert.AreEqual("((1,), [('k', 2)])", c.InvokeMethod("m", 1, new PythonKeyword("k", 2)).ToString());
    }

    [TestMethod]
    public void A_call_takes_many_arguments()
    {
        object?[] arguments = Enumerable.Range(0, 1000).Cast<object?>().ToArray();
        Assert.AreEqual(499500, Evaluate("lambda *a: sum(a)").Invoke<int>(arguments));
        for (int count = 14; count < 19; count++)
        {
            Assert.AreEqual(count, Evaluate("lambda *a: len(a)").Invoke<int>(arguments[..count]));
            Assert.AreEqual(count, Evaluate("type('T', (), {'m': lambda *a: len(a) - 1})()").InvokeMethod<int>("m", arguments[..count]));
        }
    }

    [TestMethod]
    public void An_array_is_one_argument_unless_it_is_the_parameter_array()
    {
        using PythonObject f = Evaluate("lambda *args: repr(args)");
        Assert.AreEqual("(['a', 'b'],)", f.Invoke<string>(new[] { "a", "b" }));
        Assert.AreEqual("([1, 2],)", f.Invoke<string>(new[] { 1, 2 }));
        Assert.AreEqual("(None,)", f.Invoke<string>(null));
        Assert.AreEqual("(1, 'a')", f.Invoke<string>(new object[] { 1, "a" }));
        Assert.AreEqual("([], [])", f.Invoke<string>(Array.Empty<string>(), Array.Empty<int>()));
    }

    [TestMethod]
    public void A_call_takes_many_keywords_in_their_order()
    {
        using PythonObject f = Evaluate("lambda *a, **k: f'{len(a)} {list(k)[0]} {sum(k.values())} {len(k)}'");
        using PythonObject c = Evaluate("type('T', (), {'m': lambda self, *a, **k: f'{len(a)} {list(k)[0]} {sum(k.values())} {len(k)}'})()");
        for (int count = 1; count < 40; count++)
        {
            object?[] keywords = Enumerable.Range(0, count).Select(i => new PythonKeyword($"k{i}", i)).ToArray<object?>();
            string expected = $"1 k0 {count * (count - 1) / 2} {count}";
            Assert.AreEqual(expected, f.Invoke<string>(["first", .. keywords]));
            Assert.AreEqual(expected, c.InvokeMethod<string>("m", ["first", .. keywords]));
        }
    }

    [TestMethod]
    public void A_call_gives_back_every_reference()
    {
        using PythonObject count = Evaluate("__import__('sys').getrefcount");
        using PythonObject names = Evaluate("{'f': lambda *a, **k: k['fail'] if 'fail' in k else None, 'item': object(), 'big': 2 ** 70, 'text': 'some ' * 3}");
        using PythonObject f = names["f"], item = names["item"], big = names["big"], text = names["text"];
        using PythonObject c = Evaluate("type('T', (), {'m': lambda self, *a, **k: a[9]})()");
        PythonObject[] all = [f, c, item, big, text];
        int[] before = [.. all.Select(one => count.Invoke<int>(one))];
        for (int i = 0; i < 10; i++)
        {
            f.Invoke(item, big, text, 1, 2.5, true, null, new PythonKeyword("k", item), new PythonKeyword("l", big)).Dispose();
            PythonException raised = Assert.ThrowsExactly<PythonException>(() => c.InvokeMethod("m", item, big, new PythonKeyword("k", text)));
            Assert.AreEqual("IndexError", raised.PythonType);
            raised.Value.Dispose(); // The traceback holds the arguments.
            Assert.ThrowsExactly<InvalidCastException>(() => f.Invoke(item, big, new Uri("about:blank")));
            Assert.ThrowsExactly<InvalidCastException>(() => c.InvokeMethod("m", item, new PythonKeyword("k", text), new PythonKeyword("l", new Uri("about:blank"))));
            Assert.ThrowsExactly<ArgumentException>(() => f.Invoke(item, new PythonKeyword("k", text), new PythonKeyword("k", big)));
        }

        CollectionAssert.AreEqual(before, all.Select(one => count.Invoke<int>(one)).ToArray());
    }

    [TestMethod]
    public void Keywords_are_checked()
    {
        using PythonObject f = Evaluate("lambda *args, **kwargs: None");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => f.Invoke(new PythonKeyword("k", 1), 2)).Message, "positional");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => f.Invoke(new PythonKeyword("k", 1), new PythonKeyword("k", 2))).Message, "'k'");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => f.Invoke(new object?[] { new[] { new PythonKeyword("k", 1) } })).Message, "'k'");
        Assert.AreEqual("TypeError", Assert.ThrowsExactly<PythonException>(() => Evaluate("lambda: 0").Invoke(new PythonKeyword("k", 1))).PythonType);
    }

    [TestMethod]
    public void Items_are_read_and_set()
    {
        using PythonObject dict = Evaluate("{'a': 1, (1, 2): 'tuple'}");
        Assert.AreEqual(1, dict["a"].As<int>());
        Assert.AreEqual("tuple", dict[(1, 2)].As<string>());
        dict["b"] = PythonObject.From(2);
        Assert.AreEqual("{'a': 1, (1, 2): 'tuple', 'b': 2}", dict.ToString());
        using PythonObject list = Evaluate("[1, 2, 3]");
        list[-1] = PythonObject.From("last");
        Assert.AreEqual("[1, 2, 'last']", list.ToString());
        Assert.AreEqual("KeyError", Assert.ThrowsExactly<PythonException>(() => dict["missing"]).PythonType);
        Assert.AreEqual("IndexError", Assert.ThrowsExactly<PythonException>(() => list[7]).PythonType);
        Assert.AreEqual("TypeError", Assert.ThrowsExactly<PythonException>(() => Evaluate("(1,)")[0] = dict).PythonType);
    }

    [TestMethod]
    public void Iteration_gives_each_item_and_passes_exceptions_on()
    {
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, Evaluate("range(3)").Select(item => item.As<int>()).ToArray());
        Assert.AreEqual("TypeError", Assert.ThrowsExactly<PythonException>(() => Evaluate("1").Any()).PythonType);
        using PythonObject generator = Execute("def g():\n    yield 1\n    raise ValueError('stop')")["g"].Invoke();
        var seen = new List<int>();
        PythonException error = Assert.ThrowsExactly<PythonException>(() => seen.AddRange(generator.Select(item => item.As<int>())));
        Assert.AreEqual("ValueError", error.PythonType);
        CollectionAssert.AreEqual(new[] { 1 }, seen);
    }

    [TestMethod]
    public void Equality_and_hash_are_those_of_Python()
    {
        using PythonObject one = Evaluate("1"), alsoOne = Evaluate("1.0"), two = Evaluate("2"), list = Evaluate("[1]");
        Assert.AreEqual(one, alsoOne);
        Assert.AreEqual(one.GetHashCode(), alsoOne.GetHashCode());
        Assert.AreNotEqual(one, two);
        Assert.IsFalse(one.Is(alsoOne));
        Assert.IsFalse(one.Equals(1), "a .NET value is no Python object");
        Assert.AreEqual(list, Evaluate("[1]"));
        StringAssert.Contains(Assert.ThrowsExactly<PythonException>(() => list.GetHashCode()).Message, "unhashable");
        using PythonObject bad = Evaluate("type('Bad', (), {'__eq__': lambda self, other: 1 // 0, '__hash__': None})()");
        Assert.AreEqual("ZeroDivisionError", Assert.ThrowsExactly<PythonException>(() => bad.Equals(one)).PythonType);
    }

    [TestMethod]
    public void ToString_is_str()
    {
        Assert.AreEqual("1.5", Evaluate("1.5").ToString());
        Assert.AreEqual("text", Evaluate("'text'").ToString());
        using PythonObject bad = Evaluate("type('Bad', (), {'__str__': lambda self: 1 // 0})()");
        Assert.AreEqual("ZeroDivisionError", Assert.ThrowsExactly<PythonException>(() => bad.ToString()).PythonType);
    }

    [TestMethod]
    public void A_disposed_object_says_so()
    {
        PythonObject value = Evaluate("[]");
        value.Dispose();
        value.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => value.ToString());
        Assert.ThrowsExactly<ObjectDisposedException>(() => value.Invoke());
        Assert.ThrowsExactly<ObjectDisposedException>(() => value.IsNone);
        Assert.ThrowsExactly<ObjectDisposedException>(() => Evaluate("len").Invoke(value));
        Assert.ThrowsExactly<ObjectDisposedException>(() => value.As<int>());
    }

    [TestMethod]
    public void An_object_disposed_by_another_thread_lives_until_its_call_ends()
    {
        using PythonObject module = Execute(
            "import time\nalive = []\nclass C:\n    def __call__(self):\n        time.sleep(0.2)\n        alive.append(True)\n        return 7\n    def __del__(self): alive.append(False)");
        PythonObject c = module["C"].Invoke();
        int result = 0;
        var caller = new Thread(() => result = c.Invoke<int>());
        caller.Start();
        Thread.Sleep(50);
        c.Dispose();
        Assert.IsTrue(caller.Join(TimeSpan.FromSeconds(60)));
        Assert.AreEqual(7, result);
        Assert.AreEqual("[True, False]", module["alive"].ToString());
    }
}
