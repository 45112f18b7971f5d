using System.Text;
using System.Text.RegularExpressions;

namespace PyEmbed.Tasks.Trees;

/// <summary>
/// Recognises an <c>__init__.py</c> that makes its package a namespace in one of the styles before PEP 420, pkgutil's and pkg_resources'.
/// Several distributions hold such a file, and the package then has the modules of them all.
/// </summary>
internal static class NamespaceDeclaration
{
    private static readonly Regex s_call = new(@"^[^#\r\n]*\b(?:declare_namespace\(\s*__name__\s*\)|extend_path\(\s*__path__\s*,)", RegexOptions.CultureInvariant | RegexOptions.Multiline);

    public static bool IsIn(byte[] source) => s_call.IsMatch(Encoding.UTF8.GetString(source));
}
