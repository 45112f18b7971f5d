using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace PyEmbed.Generator;

/// <summary>Turns Python names into C# identifiers.</summary>
/// <remarks>
/// A name that is a C# identifier stays as it is, underscores and letters of any script included. In any other name each
/// character that an identifier cannot have becomes <c>_</c>, and one that begins with a digit gets a leading <c>_</c>. A name
/// that is taken, by a keyword, by the enclosing type, by a member that is there already or by a sibling, gets a trailing
/// <c>_</c>, and another while that is taken too; siblings that need no change have the first choice, the rest follow in their order.
/// </remarks>
internal static class CSharpNames
{
    // A nested type or method of one of these names would hide a member of System.Object.
    private static readonly string[] s_objectMembers =
    [
        nameof(Equals), nameof(GetHashCode), nameof(GetType), nameof(MemberwiseClone), nameof(ReferenceEquals), nameof(ToString), "Finalize",
    ];

    /// <summary>The identifiers of the members of one type, in the order of their names.</summary>
    /// <param name="names">Their names in Python.</param>
    /// <param name="enclosingType">The type that holds them.</param>
    /// <param name="members">What else that type holds.</param>
    public static string[] ForMembers(IReadOnlyList<string> names, string enclosingType, params string[] members)
    {
        var taken = new HashSet<string>(s_objectMembers, StringComparer.Ordinal) { enclosingType };
        taken.UnionWith(members);
        var identifiers = new string[names.Count];
        for (int i = 0; i < names.Count; i++)
        {
            if (IsIdentifier(names[i]) && !IsKeyword(names[i]) && taken.Add(names[i]))
            {
                identifiers[i] = names[i];
            }
        }

        for (int i = 0; i < names.Count; i++)
        {
            if (identifiers[i] is null)
            {
                string identifier = ToIdentifier(names[i]);
                while (IsKeyword(identifier) || !taken.Add(identifier))
                {
                    identifier += "_";
                }

                identifiers[i] = identifier;
            }
        }

        return identifiers;
    }

    /// <summary>A namespace as C# declares it: the legal form of each of its parts; empty for the global one.</summary>
    /// <param name="name">The value of <c>RootNamespace</c>, which MSBuild takes from the project's name unless it is set.</param>
    public static string ForNamespace(string name) => string.Join(
        ".",
        name.Split('.').Select(part => part.Trim()).Where(part => part.Length > 0).Select(part => Declared(ToIdentifier(part))));

    /// <summary>An identifier as a declaration spells it.</summary>
    /// <remarks>
    /// Only words of lower-case ASCII letters are keywords of C#, and later versions may add some: <c>record</c>, <c>file</c> and
    /// <c>required</c> were fine names once. Spelt verbatim they always are, and whoever uses them after a dot need not know.
    /// </remarks>
    public static string Declared(string identifier) =>
        identifier.All(c => c is >= 'a' and <= 'z') || IsKeyword(identifier) ? "@" + identifier : identifier;

    private static string ToIdentifier(string name)
    {
        if (IsIdentifier(name))
        {
            return name;
        }

        var identifier = new StringBuilder(name.Length + 1);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            identifier.Append(IsPart(c) ? c : '_');
            if (char.IsSurrogatePair(name, i))
            {
                i++;
            }
        }

        if (!SyntaxFacts.IsIdentifierStartCharacter(identifier[0]))
        {
            identifier.Insert(0, '_');
        }

        return identifier.ToString();
    }

    private static bool IsIdentifier(string name) => SyntaxFacts.IsIdentifierStartCharacter(name[0]) && name.All(IsPart);

    // C# ignores formatting characters when it compares identifiers, so they cannot tell two of them apart.
    private static bool IsPart(char c) =>
        SyntaxFacts.IsIdentifierPartCharacter(c) && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.Format;

    private static bool IsKeyword(string identifier) => SyntaxFacts.GetKeywordKind(identifier) != SyntaxKind.None;
}
