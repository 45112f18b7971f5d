using System.Reflection;
using PyEmbed.Manifest;
using PyEmbed.Tasks.Interpreter;
using PyEmbed.Tasks.Output;
using PyEmbed.Tasks.Trees;

namespace PyEmbed.Tasks.Tests.Output;

[TestClass]
public sealed class CollectStateTests
{
    private const string ProjectFile = "/project/App.csproj";

    // The state lies in the one, the other only saves work, and the last is about what the caller does with the same outputs.
    private static readonly string[] s_without = [nameof(CollectOptions.OutputDirectory), nameof(CollectOptions.CacheDirectory), nameof(CollectOptions.ReportsProblems)];

    private static readonly PackageItem s_package = new("/project/py");
    private static readonly RuleItem s_rule = new("a.b", "exclude", ProjectFile);
    private static readonly EntryPointItem s_entryPoint = new("a:main");

    public static IEnumerable<object[]> Options => NamesOf(typeof(CollectOptions)).Except(s_without).Select(name => new object[] { name });

    public static IEnumerable<object[]> Metadata => new[] { typeof(PackageItem), typeof(RuleItem), typeof(EntryPointItem) }
        .SelectMany(type => NamesOf(type).Select(name => new object[] { type.Name, name }));

    [TestMethod]
    [DynamicData(nameof(Options))]
    public void Each_option_that_decides_outputs_makes_a_run_another(string name)
    {
        var options = new CollectOptions { ProjectFile = ProjectFile };

        Assert.AreNotEqual(Given(options), Given(Changed(options, name)), $"CollectState.Given leaves {name} out: a build in which only it changes would do nothing.");
    }

    [TestMethod]
    [DynamicData(nameof(Metadata))]
    public void All_metadata_of_items_makes_a_run_another(string type, string name)
    {
        var options = new CollectOptions { ProjectFile = ProjectFile, Packages = [s_package], Rules = [s_rule], EntryPoints = [s_entryPoint] };
        CollectOptions changed = type switch
        {
            nameof(PackageItem) => options with { Packages = [Changed(s_package, name)] },
            nameof(RuleItem) => options with { Rules = [Changed(s_rule, name)] },
            _ => options with { EntryPoints = [Changed(s_entryPoint, name)] },
        };

        Assert.AreNotEqual(Given(options), Given(changed), $"CollectState.Given leaves {type}.{name} out: a build in which only it changes would do nothing.");
    }

    private static string Given(CollectOptions options) => CollectState.Given(options, new InterpreterCandidates([], [], new InterpreterLocator("", "/")));

    private static IEnumerable<string> NamesOf(Type record) =>
        record.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.CanWrite).Select(property => property.Name);

    /// <summary>A copy of a record with another value of one property.</summary>
    private static T Changed<T>(T record, string name)
        where T : class
    {
        var copy = (T)typeof(T).GetMethod("<Clone>$")!.Invoke(record, null)!;
        PropertyInfo property = typeof(T).GetProperty(name)!;
        property.SetValue(copy, property.GetValue(record) switch
        {
            string text => text + "x",
            bool flag => !flag,
            IReadOnlyList<string> texts => texts.Append("x").ToList(),
            IReadOnlyList<PackageItem> items => items.Append(s_package).ToList(),
            IReadOnlyList<RuleItem> items => items.Append(s_rule).ToList(),
            IReadOnlyList<EntryPointItem> items => items.Append(s_entryPoint).ToList(),
            null when property.PropertyType == typeof(TreePlacement?) => TreePlacement.Library,
            _ => throw new NotSupportedException($"Say what is another value of {name}, a {property.PropertyType}."),
        });
        return copy;
    }
}
