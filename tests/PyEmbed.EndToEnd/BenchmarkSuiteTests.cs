namespace PyEmbed.EndToEnd;

/// <summary>The benchmark suite works: its own tests, which are Python, and none of which depends on how long anything takes.</summary>
[TestClass]
public class BenchmarkSuiteTests
{
    [TestMethod]
    public void The_suites_own_tests_pass()
    {
        var folder = Path.Combine(PackageFeed.RepositoryRoot, "tests", "PyEmbed.Benchmarks", "checks");
        Shell.Run(PackageFeed.RepositoryRoot, ["python3", "-W", "error", "-m", "unittest", "discover", "-s", folder]).Succeeds().Says("OK").DoesNotSay("Ran 0 tests");
    }
}
