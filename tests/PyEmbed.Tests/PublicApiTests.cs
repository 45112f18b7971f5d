using System.Reflection;
using System.Text;

namespace PyEmbed.Tests;

/// <summary>Pins the public API: a change of it is a change of <c>PublicApi.txt</c>, seen in review.</summary>
[TestClass]
public class PublicApiTests
{
    [TestMethod]
    public void The_public_api_is_the_one_in_the_text_file()
    {
        var folder = typeof(PublicApiTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "ProjectFolder").Value!;
        var pinned = Path.Combine(folder, "PublicApi.txt");
        var actual = Describe(typeof(PythonInterpreter).Assembly);
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
            var bases = new[] { type.BaseType }.Concat(type.GetInterfaces().OrderBy(face => face.ToString(), StringComparer.Ordinal))
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
