namespace PyEmbed.Tests;

/// <summary>Pins the public API: a change of it is a change of <c>PublicApi.txt</c>, seen in review.</summary>
[TestClass]
public class PublicApiTests
{
    [TestMethod]
    public void The_public_api_is_the_one_in_the_text_file() => PublicApi.IsPinned(typeof(PythonInterpreter).Assembly, typeof(PublicApiTests));
}
