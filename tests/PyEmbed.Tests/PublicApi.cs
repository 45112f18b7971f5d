using System.Reflection;
using System.Text;

namespace PyEmbed.Tests;

/// <summary>Compares an assembly's public API with the <c>PublicApi.txt</c> beside the test project that pins it.</summary>
internal static class PublicApi
{
    public static void IsPinned(Assembly assembly, Type test)
    {
        var folder = test.Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "ProjectFolder").Value!;
        var pinned = Path.Combine(folder, "PublicApi.txt");
        var actual = Describe(assembly);
        if (Environment.GetEnvironmentVariable("PYEMBED_UPDATE_API") == "1")
        {
            File.WriteAllText(pinned, actual);
        }

        Assert.AreEqual(File.ReadAllText(pinned), actual, "The public API changed. If that is meant, run this test once with PYEMBED_UPDATE_API=1.");
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            var bases = new[] { type.BaseType }.Concat(type.GetInterfaces().Where(face => face.IsVisible).OrderBy(face => face.ToString(), StringComparer.Ordinal))
                .Where(face => face is not null && face != typeof(object)).Select(face => face!.ToString());
            text.Append(type).Append(" : ").AppendJoin(", ", bases).Append('\n');
            var members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(member => member is not MethodBase { IsSpecialName: true } or ConstructorInfo)
                .Select(member => member.MemberType + " " + member)
                .Order(StringComparer.Ordinal);
            foreach (var member in members)
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }
}
