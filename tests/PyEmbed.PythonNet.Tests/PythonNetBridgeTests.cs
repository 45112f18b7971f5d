using Python.Runtime;

namespace PyEmbed.PythonNet.Tests;

/// <summary>What Register and Start refuse in a process in which both run.</summary>
[TestClass]
public sealed class PythonNetBridgeTests
{
    [ClassInitialize]
    public static void Start(TestContext context) => Assert.IsNotNull(PythonNetFixture.Bridge);

    [TestMethod]
    public void There_is_one_bridge()
    {
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => PythonNetBridge.Register()).Message, "already");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => PythonNetBridge.Start()).Message, "already");
        Assert.AreSame(PythonInterpreter.Current, PythonNetFixture.Bridge.Interpreter);
    }

    [TestMethod]
    public void A_restricted_interpreter_gets_no_pythonnet()
    {
        PythonOptions options = new() { Policy = PythonPolicy.Restricted with { Allow = ["*"] } };
        foreach (Func<PythonOptions?, PythonNetBridge> connect in (Func<PythonOptions?, PythonNetBridge>[])[PythonNetBridge.Register, PythonNetBridge.Start])
        {
            StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => connect(options)).Message, "PythonPolicy.Restricted");
        }
    }

    [TestMethod]
    public void A_refused_call_leaves_the_GIL_as_it_was()
    {
        using (Py.GIL())
        {
            Assert.ThrowsExactly<InvalidOperationException>(() => PythonNetBridge.Register());
            using PyObject module = Py.Import("sys");
            Assert.IsTrue(Interop.Gil.IsHeld);
        }

        Assert.ThrowsExactly<InvalidOperationException>(() => PythonNetBridge.Register());
        Assert.IsFalse(Interop.Gil.IsHeld);
    }
}
