using Microsoft.CodeAnalysis;
using PyEmbed.Manifest;

namespace PyEmbed.Generator.Tests;

[TestClass]
public sealed class TreeAttributesTests
{
    [TestMethod]
    public void Each_tree_gets_an_attribute_in_order()
    {
        string hash = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));
        var manifest = BuildManifest.Empty with
        {
            Trees = new(
            [
                new("mypkg", "PyEmbed/mypkg.zip", hash, 1, TreePlacement.App, "3.9", default),
                new("a\"b\\", "PyEmbed/ä.zip", hash, 2, TreePlacement.Library, "3.12", new(["numpy>=1.26; python_version < \"3.13\"", "x"])),
            ]),
        };
        GeneratedCode code = GeneratorHarness.Run(manifest);

        AttributeData[] attributes = code.Compilation.Assembly.GetAttributes()
            .Where(attribute => attribute.AttributeClass!.ToDisplayString() == "PyEmbed.EmbeddedPythonAttribute").ToArray();
        Assert.HasCount(2, attributes);
        Assert.AreEqual("mypkg", attributes[0].ConstructorArguments.Single().Value);
        Assert.AreEqual("PyEmbed/mypkg.zip", Named(attributes[0], "Resource").Value);
        Assert.AreEqual(hash, Named(attributes[0], "Hash").Value);
        Assert.AreEqual(1, Named(attributes[0], "FormatVersion").Value);
        Assert.AreEqual("3.9", Named(attributes[0], "MinimumPython").Value);
        Assert.IsFalse(attributes[0].NamedArguments.Any(argument => argument.Key == "Requirements"));
        Assert.AreEqual("a\"b\\", attributes[1].ConstructorArguments.Single().Value);
        Assert.AreEqual("PyEmbed/ä.zip", Named(attributes[1], "Resource").Value);
        Assert.AreEqual(2, Named(attributes[1], "FormatVersion").Value);
        CollectionAssert.AreEqual(
            new object?[] { "numpy>=1.26; python_version < \"3.13\"", "x" },
            Named(attributes[1], "Requirements").Values.Select(value => value.Value).ToArray());
    }

    [TestMethod]
    public void Without_a_record_nothing_is_generated() => Assert.IsEmpty(GeneratorHarness.Run(BuildManifest.Empty).Sources);

    private static TypedConstant Named(AttributeData attribute, string name) =>
        attribute.NamedArguments.Single(argument => argument.Key == name).Value;
}
