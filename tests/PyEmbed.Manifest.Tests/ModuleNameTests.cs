namespace PyEmbed.Manifest.Tests;

[TestClass]
public sealed class ModuleNameTests
{
    [TestMethod]
    [DataRow("a.py", "a", false)]
    [DataRow("pkg/__init__.py", "pkg", true)]
    [DataRow("pkg/sub/__init__.py", "pkg.sub", true)]
    [DataRow("pkg/__main__.py", "pkg.__main__", false)]
    [DataRow("__init__.py", "__init__", false)]
    [DataRow("pkg/x.cpython-311-x86_64-linux-gnu.so", "pkg.x", false)]
    [DataRow("pkg/x.pyd", "pkg.x", false)]
    [DataRow("größe/名前.py", "größe.名前", false)]
    [DataRow("class.py", "class", false)]
    public void A_path_gives_a_dotted_name(string path, string name, bool isPackage)
    {
        Assert.AreEqual(name, ModuleName.FromPath(path, out bool package));
        Assert.AreEqual(isPackage, package);
    }

    [TestMethod]
    [DataRow("my-script.py")]
    [DataRow("a.b.py")]
    [DataRow("pkg.x/m.py")]
    [DataRow("my-pkg/m.py")]
    [DataRow("2a.py")]
    [DataRow("data.txt")]
    [DataRow(".py")]
    [DataRow("noextension")]
    public void Other_paths_give_none(string path) => Assert.IsNull(ModuleName.FromPath(path, out _));

    [TestMethod]
    [DataRow("", false)]
    [DataRow("a..b", false)]
    [DataRow("a.b", true)]
    [DataRow(".a", false)]
    public void Dotted_names_have_no_empty_parts(string text, bool expected) => Assert.AreEqual(expected, ModuleName.IsDotted(text));
}
