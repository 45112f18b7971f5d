using Python.Runtime;

namespace PyEmbed.PythonNet.Tests
{
    /// <summary>.NET namespaces imported by embedded modules, and embedded packages named like namespaces of .NET.</summary>
    [TestClass]
    public sealed class DotNetNameTests
    {
        [TestMethod]
        public void Embedded_modules_import_NET_namespaces()
        {
            using Py.GILState gil = PythonNetFixture.Gil();
            dynamic module = Py.Import("scenario.dotnet");
            Assert.AreEqual(Environment.ProcessorCount, (int)module.processors());
            Assert.AreEqual(9, (int)module.largest(4, 9));
            Assert.AreEqual("abc", (string)module.concatenated("a", "b", "c"));
            CollectionAssert.AreEqual(new List<int> { 1, 2, 3 }, ((PyObject)module.numbers(1, 2, 3)).As<List<int>>());
            Dictionary<string, int> table = ((PyObject)module.table(Py.kw("one", 1, "two", 2))).As<Dictionary<string, int>>();
            Assert.AreEqual(2, table["two"]);
        }

        [TestMethod]
        public void Clr_AddReference_loads_an_assembly_for_an_embedded_module()
        {
            using Py.GILState gil = PythonNetFixture.Gil();
            dynamic module = Py.Import("scenario.dotnet");
            var element = ((PyObject)module.element("name", "text")).As<System.Xml.Linq.XElement>();
            Assert.AreEqual("<name>text</name>", element.ToString());
            using PythonMount mount = PythonNetFixture.Mount("refers_to_nothing", ("refers_to_nothing.py", "import clr\nclr.AddReference('No.Such.Assembly')"));
            FileNotFoundException error = Assert.ThrowsExactly<FileNotFoundException>(() => Py.Import("refers_to_nothing"));
            StringAssert.Contains(error.Message, "No.Such.Assembly");
            PythonException own = Assert.Throws<PyEmbed.PythonException>(() => PythonNetFixture.Interpreter.Import("refers_to_nothing"));
            StringAssert.Contains(own.PythonTraceback, "clr.AddReference('No.Such.Assembly')");
        }

        [TestMethod]
        public void An_embedded_package_wins_over_a_namespace_of_its_name()
        {
            Assert.AreEqual("Embedded", typeof(Embedded.OnlyInDotNet).Namespace);
            using Py.GILState gil = PythonNetFixture.Gil();
            dynamic module = Py.Import("Embedded");
            Assert.AreEqual("python", (string)module.ORIGIN);
            Assert.AreEqual(Environment.NewLine, (string)module.LINE);
            Assert.AreEqual("python", (string)Py.Import("Embedded.inner").GetAttr("ORIGIN").As<string>());
            Assert.IsFalse(module.HasAttr("OnlyInDotNet"));
        }

        [TestMethod]
        public void Clr_still_works_beside_it()
        {
            using Py.GILState gil = PythonNetFixture.Gil();
            using PyModule scope = Py.CreateScope();
            scope.Exec("""
                import clr, Embedded
                clr.AddReference("PyEmbed.PythonNet.Tests")
                kind = clr.GetClrType(__import__("System").String).FullName
                from PyEmbed.PythonNet.Tests.Shapes import Shape
                import System.Text as text
                built = text.StringBuilder("built").Append("!").ToString()
                """);
            Assert.AreEqual("System.String", scope.Get<string>("kind"));
            Assert.AreEqual("built!", scope.Get<string>("built"));
            Assert.AreEqual("Shape", scope.Get("Shape").GetAttr("__name__").As<string>());
        }

        [TestMethod]
        public void A_namespace_below_an_embedded_package_is_imported_from_NET()
        {
            Assert.AreEqual("Mixed.Inner", typeof(Mixed.Inner.Tool).Namespace);
            using Py.GILState gil = PythonNetFixture.Gil();
            using PyModule scope = Py.CreateScope();
            scope.Exec("import Mixed\nfrom Mixed.Inner import Tool\norigin = Mixed.ORIGIN\nname = Tool.Name()");
            Assert.AreEqual("python", scope.Get<string>("origin"));
            Assert.AreEqual("a tool of .NET", scope.Get<string>("name"));
        }

        [TestMethod]
        public void A_tree_mounted_later_wins_as_long_as_the_namespace_was_not_imported()
        {
            Assert.AreEqual("Later", typeof(Later.OnlyInDotNet).Namespace);
            using PythonMount mount = PythonNetFixture.Mount("later", ("Later/__init__.py", "ORIGIN = 'python'"));
            using Py.GILState gil = PythonNetFixture.Gil();
            Assert.AreEqual("python", Py.Import("Later").GetAttr("ORIGIN").As<string>());
        }

        [TestMethod]
        public void A_namespace_package_of_a_tree_wins_too()
        {
            Assert.AreEqual("Portions", typeof(Portions.OnlyInDotNet).Namespace);
            using PythonMount mount = PythonNetFixture.Mount("portions", ("Portions/part.py", "ORIGIN = 'python'"));
            using Py.GILState gil = PythonNetFixture.Gil();
            Assert.AreEqual("python", Py.Import("Portions.part").GetAttr("ORIGIN").As<string>());
        }

        [TestMethod]
        public void NET_exceptions_are_caught_by_their_type_in_embedded_code()
        {
            using Py.GILState gil = PythonNetFixture.Gil();
            dynamic module = Py.Import("scenario.dotnet");
            PyObject caught = module.catch_(new Action(() => throw new ArgumentException("a message", "parameter")));
            Assert.AreEqual("ArgumentException", caught[0].As<string>());
            Assert.AreEqual("parameter", caught[2].As<string>());
            Assert.AreEqual("InvalidOperationException", ((PyObject)module.catch_(new Action(() => throw new InvalidOperationException("no"))))[0].As<string>());
        }
    }
}

namespace Embedded
{
    public static class OnlyInDotNet;
}

namespace Later
{
    public static class OnlyInDotNet;
}

namespace Portions
{
    public static class OnlyInDotNet;
}

namespace Mixed.Inner
{
    public static class Tool
    {
        public static string Name() => "a tool of .NET";
    }
}
