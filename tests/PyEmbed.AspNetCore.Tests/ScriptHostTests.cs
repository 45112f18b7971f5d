using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>The API of the sample, over HTTP.</summary>
[TestClass]
public sealed class ScriptHostTests
{
    private static ScriptHostProcess? shared;

    private static ScriptHostProcess Host => shared!;

    [ClassInitialize]
    public static async Task Start(TestContext context) => shared = await ScriptHostProcess.Start("--PyEmbed:Workers=4", "--PyEmbed:QueueLimit=2", "--PyEmbed:Limits:Time=00:00:03");

    [ClassCleanup]
    public static async Task Stop()
    {
        (int exitCode, string errors) = await Host.Stop();
        Assert.AreEqual((0, ""), (exitCode, errors));
        await Host.DisposeAsync();
    }

    [TestMethod]
    public async Task Lists_the_embedded_scripts()
    {
        JsonElement scripts = JsonSerializer.Deserialize<JsonElement>(await Host.Client.GetStringAsync("scripts"));
        CollectionAssert.AreEqual(new[] { "primes", "summary", "words" }, scripts.EnumerateArray().Select(script => script.GetProperty("name").GetString()).ToArray());
        Assert.AreEqual("(limit=100)", scripts[0].GetProperty("arguments").GetString());
        Assert.StartsWith("The prime numbers below a limit", scripts[0].GetProperty("documentation").GetString());
    }

    [TestMethod]
    [DataRow("primes", """{"limit": 12}""", "[2,3,5,7,11]")]
    [DataRow("primes", "{}", "[2,3,5,7,11,13,17,19,23,29,31,37,41,43,47,53,59,61,67,71,73,79,83,89,97]")]
    [DataRow("words", """{"text": "Öl und öl", "most": 1}""", """[{"word":"öl","count":2}]""")]
    [DataRow("summary", """{"numbers": [1, 2, 6]}""", """{"mean":3,"median":2,"deviation":2.160246899469287}""")]
    public async Task Runs_embedded_scripts(string name, string arguments, string value)
    {
        (int status, JsonElement answer) = await Host.Post($"scripts/{name}", JsonSerializer.Deserialize<JsonElement>(arguments));
        Assert.AreEqual(200, status, answer.ToString());
        Assert.IsTrue(JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(value), answer.GetProperty("value")), answer.ToString());
    }

    [TestMethod]
    public async Task Answers_with_value_output_errors_logs_and_cost()
    {
        (int status, JsonElement answer) = await Host.Post("run", new
        {
            source = "import sys, logging\nprint('out')\nprint('err', file=sys.stderr)\nlogging.getLogger('a').warning('w')\nresult = {'n': n * 2 ** 200, 'b': b'\\0\\xff', 'line': sys.stdin.readline()}",
            variables = new { n = 3 },
            input = "first\nsecond\n",
        });
        Assert.AreEqual(200, status, answer.ToString());
        Assert.AreEqual("""{"n":4820814132776970826625886277023487807566608981348378505904128,"b":"AP8=","line":"first\n"}""", answer.GetProperty("value").GetRawText());
        Assert.AreEqual(("out\n", "err\n"), (answer.GetProperty("output").GetString(), answer.GetProperty("error").GetString()));
        Assert.AreEqual("""[{"level":30,"logger":"a","message":"w"}]""", answer.GetProperty("logs").GetRawText());
        Assert.IsGreaterThan(0, answer.GetProperty("durationMs").GetDouble());
    }

    [TestMethod]
    public async Task A_script_that_raises_is_422_with_its_traceback()
    {
        (int status, JsonElement problem) = await Host.Run("print('before')\ndef half(n):\n    raise ValueError(f'no {n}')\nhalf(3)");
        Assert.AreEqual(422, status);
        Assert.AreEqual(("Raised", "before\n"), (problem.GetProperty("kind").GetString(), problem.GetProperty("output").GetString()));
        JsonElement error = problem.GetProperty("error");
        Assert.AreEqual(("ValueError", "no 3"), (error.GetProperty("type").GetString(), error.GetProperty("message").GetString()));
        Assert.Contains("raise ValueError(f'no {n}')", error.GetProperty("traceback").GetString()!);
    }

    [TestMethod]
    [DataRow("while True: pass", "TimeLimit")]
    [DataRow("print('x' * 1000000)", "OutputLimit")]
    [DataRow("x = b'x' * (1 << 30)", "MemoryLimit")]
    [DataRow("result = 'x' * 2000000", "ResultLimit")]
    [DataRow("result = {1, 2}", "NoValue")]
    [DataRow("import subprocess", "Raised")]
    [DataRow("def", "Raised")]
    public async Task What_a_script_does_to_itself_is_422(string source, string kind)
    {
        (int status, JsonElement problem) = await Host.Run(source);
        Assert.AreEqual((422, kind), (status, problem.GetProperty("kind").GetString()), problem.ToString());
    }

    [TestMethod]
    [DataRow("run", """{"sour""", "application/json", 400, "The body cannot be read")]
    [DataRow("run", "{}", "application/json", 400, "The body has no 'source'")]
    [DataRow("run", "{\"source\": 5}", "application/json", 400, "The body cannot be read")]
    [DataRow("run", """{"source": "", "variable": {}}""", "application/json", 400, "The body cannot be read")]
    [DataRow("run", """{"source": "", "variables": {"__builtins__": {}}}""", "application/json", 400, "the variable '__builtins__'")]
    [DataRow("scripts", "{}", "application/json", 405, "/scripts takes GET")]
    [DataRow("scripts/words", "[]", "application/json", 400, "The body cannot be read")]
    [DataRow("run", """{"source": ""}""", "text/plain", 415, "Content-Type: application/json")]
    [DataRow("run", """{"source": "", "variables": {"v": "\ud800"}}""", "application/json", 400, "lone surrogate")]
    [DataRow("scripts/primes", """{"limit": 1e999}""", "application/json", 400, "beyond what a double holds")]
    [DataRow("scripts/os", "{}", "application/json", 404, "There is no script 'os'")]
    [DataRow("scripts/words.run", "{}", "application/json", 404, "There is no script 'words.run'")]
    [DataRow("nothing", "{}", "application/json", 404, "There is nothing here")]
    public async Task Bad_requests_are_problems_with_a_remedy(string path, string body, string type, int status, string detail)
    {
        using StringContent content = new(body, Encoding.UTF8, type);
        using HttpResponseMessage response = await Host.Client.PostAsync(path, content);
        Assert.AreEqual(status, (int)response.StatusCode);
        Assert.AreEqual("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(detail, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()).GetProperty("detail").GetString()!);
    }

    [TestMethod]
    public async Task A_body_beyond_the_limit_is_413()
    {
        (int status, JsonElement problem) = await Host.Run(new string('#', 300_000));
        Assert.AreEqual(413, status);
        Assert.Contains("MaxRequestBodySize", problem.GetProperty("detail").GetString()!);
    }

    [TestMethod]
    public async Task A_full_queue_is_429_and_a_client_that_leaves_frees_its_worker()
    {
        using CancellationTokenSource left = new();
        Task[] busy = [.. Enumerable.Range(0, 6).Select(_ => Host.Post("run", new { source = "while True: pass" }, left.Token))];
        await Host.Until("\"running\":4", "\"queued\":2");
        Assert.AreEqual(429, (await Host.Run("result = 1")).Status);
        Assert.AreEqual("Degraded", await (await Host.Client.GetAsync("health")).Content.ReadAsStringAsync());

        await left.CancelAsync();
        await Task.WhenAll(busy).ContinueWith(_ => { }, TaskScheduler.Default);
        while (await Host.Client.GetStringAsync("health") != "Healthy")
        {
            await Task.Delay(20);
        }

        Assert.AreEqual(200, (await Host.Run("result = 1")).Status);
    }

    [TestMethod]
    public async Task A_script_that_has_waited_too_long_is_503()
    {
        await using ScriptHostProcess host = await ScriptHostProcess.Start("--PyEmbed:Workers=1", "--PyEmbed:QueueTime=00:00:00.3", "--PyEmbed:Limits:Time=00:01:00");
        using CancellationTokenSource left = new();
        Task busy = host.Post("run", new { source = "import time; time.sleep(50)" }, left.Token);
        await host.Until("\"running\":1");
        using HttpResponseMessage response = await host.Client.PostAsJsonAsync("run", new { source = "result = 1" });
        JsonElement problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.AreEqual((HttpStatusCode.ServiceUnavailable, "QueueTime"), (response.StatusCode, problem.GetProperty("kind").GetString()));
        Assert.AreEqual(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.Contains("it has waited 0.3 s for one of 1 workers", problem.GetProperty("detail").GetString()!);
        await left.CancelAsync();
        await busy.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.AreEqual((0, ""), await host.Stop());
    }

    [TestMethod]
    public async Task The_page_is_served_from_the_assembly_under_a_content_security_policy()
    {
        using HttpResponseMessage page = await Host.Client.GetAsync("/");
        Assert.AreEqual(HttpStatusCode.OK, page.StatusCode);
        Assert.AreEqual("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("default-src 'none'; script-src 'self';", page.Headers.GetValues("Content-Security-Policy").Single());
        string html = await page.Content.ReadAsStringAsync();
        foreach (string file in (string[])["page.js", "page.css"])
        {
            Assert.Contains($"\"{file}\"", html);
            Assert.AreEqual(HttpStatusCode.OK, (await Host.Client.GetAsync(file)).StatusCode);
        }

        Assert.IsEmpty(Directory.GetFiles(AppContext.BaseDirectory, "page.*", SearchOption.AllDirectories));
    }

    [TestMethod]
    public async Task Sigterm_lets_requests_end_and_leaves_no_process()
    {
        await using ScriptHostProcess host = await ScriptHostProcess.Start("--PyEmbed:Workers=1");
        Assert.AreEqual(200, (await host.Run("")).Status);
        SystemProcesses processes = new(host.Id);
        Task<(int Status, JsonElement Answer)> running = host.Run("import time; time.sleep(1.5); result = 'done'");
        await host.Until("\"running\":1");
        Task<(int Status, JsonElement Answer)> waiting = host.Run("result = 1");
        await host.Until("\"queued\":1");
        processes.Look();
        Assert.IsGreaterThan(1, processes.Count, "the template and a worker");

        Assert.AreEqual((0, ""), await host.Stop());
        Assert.AreEqual((200, "done"), ((await running).Status, (await running).Answer.GetProperty("value").GetString()));
        Assert.AreEqual(503, (await waiting).Status);
        await processes.AreGone();
    }
}
