namespace PyEmbed.Interop.Tests;

[TestClass]
public sealed class PythonScopeTests
{
    [ClassInitialize]
    public static void Start(TestContext context) => InteropFixture.EnsureStarted();

    [TestMethod]
    public void Code_sees_what_earlier_code_defined()
    {
        using var scope = new PythonScope();
        scope.Set("x", 20);
        scope.Execute("import math\ndef double(n): return 2 * n\ny = double(x) + 2\n");
        Assert.AreEqual(42, scope.Get<int>("y"));
        Assert.AreEqual(84, scope.Evaluate<int>("  double(y)"));
        Assert.AreEqual(3, scope.Evaluate<int>("math.floor(math.pi)"));
        Assert.AreEqual(6, scope["double"].Invoke<int>(3));
        Assert.AreEqual("__scope__", scope.Evaluate<string>("__name__"));
        Assert.IsTrue(scope.Contains("y"));
        Assert.IsFalse(scope.Contains("z"));
    }

    [TestMethod]
    public void Scopes_are_apart()
    {
        using PythonScope one = new(), two = new();
        one.Execute("a = 1");
        Assert.IsFalse(two.Contains("a"));
        Assert.AreEqual("NameError", Assert.ThrowsExactly<PythonException>(() => two.Evaluate<int>("a")).PythonType);
        Assert.AreEqual("KeyError", Assert.ThrowsExactly<PythonException>(() => two["a"]).PythonType);
    }

    [TestMethod]
    public void Bad_code_is_a_SyntaxError()
    {
        using var scope = new PythonScope();
        Assert.AreEqual("SyntaxError", Assert.ThrowsExactly<PythonException>(() => scope.Execute("a = (")).PythonType);
        Assert.AreEqual("SyntaxError", Assert.ThrowsExactly<PythonException>(() => scope.Evaluate<object>("a = 1")).PythonType);
        Assert.ThrowsExactly<PythonException>(() => scope.Execute("a = 1\0b = 2"));
        Assert.ThrowsExactly<PythonException>(() => scope.Execute("a = '\ud800'"));
        Assert.IsFalse(scope.Contains("a"), "nothing of it may have run");
    }

    [TestMethod]
    public void A_disposed_scope_says_so()
    {
        var scope = new PythonScope();
        scope.Execute("def f(): return g\ng = 5");
        using PythonObject f = scope["f"];
        scope.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => scope.Execute("pass"));
        Assert.AreEqual(5, f.Invoke<int>());
    }
}
