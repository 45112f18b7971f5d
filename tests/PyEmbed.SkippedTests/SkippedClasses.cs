using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PyEmbed.SkippedTests;

/// <summary>The test classes of one source file, as source text of classes whose tests are skipped.</summary>
internal static class SkippedClasses
{
    private const string TestTools = "[global::Microsoft.VisualStudio.TestTools.UnitTesting.";

    /// <summary>Reads a file for its syntax alone; what it refers to need not exist.</summary>
    /// <param name="source">The text of a C# file.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <returns>C# text: namespaces with partial classes; empty where the file has no tests.</returns>
    public static string Of(string source, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var root = CSharpSyntaxTree.ParseText(source, cancellationToken: cancellation).GetCompilationUnitRoot(cancellation);
        foreach (var type in root.DescendantNodes().OfType<ClassDeclarationSyntax>())
        {
            var isTestClass = Has(type, "TestClass");
            var tests = type.Members.OfType<MethodDeclarationSyntax>().Where(method => Has(method, "TestMethod"))
                .Select(method => method.Identifier.Text).Distinct(StringComparer.Ordinal).ToList();
            if (isTestClass || tests.Count > 0)
            {
                Append(text, type, isTestClass, tests);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ClassDeclarationSyntax type, bool isTestClass, List<string> tests)
    {
        var enclosing = type.Ancestors().OfType<TypeDeclarationSyntax>().Reverse().ToList();
        // Namespaces nest, each with a part of the name.
        var name = string.Join(".", type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().Reverse().Select(item => item.Name.ToString()));
        var closing = enclosing.Count + 1;
        if (name.Length > 0)
        {
            text.Append("namespace ").Append(name).Append("\n{\n");
            closing++;
        }

        foreach (var outer in enclosing)
        {
            text.Append("public partial ").Append(outer.Keyword.Text).Append(' ').Append(outer.Identifier.Text).Append("\n{\n");
        }

        if (isTestClass)
        {
            text.Append(TestTools).Append("TestClass]\n");
        }

        text.Append("public partial class ").Append(type.Identifier.Text).Append("\n{\n");
        foreach (var test in tests)
        {
            text.Append(TestTools).Append("TestMethod]\npublic void ").Append(test).Append("() => global::SkippedTests.Skip();\n");
        }

        text.Append(string.Concat(Enumerable.Repeat("}\n", closing)));
    }

    private static bool Has(MemberDeclarationSyntax member, string attribute) =>
        member.AttributeLists.SelectMany(list => list.Attributes).Any(item =>
            item.Name.ToString().Split('.').Last() is var name && (name == attribute || name == attribute + "Attribute"));
}
