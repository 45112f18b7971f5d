using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>The sample's page in headless Chromium, driven by the WebDriver protocol of its chromedriver.</summary>
[TestClass]
public sealed partial class BrowserTests
{
    [TestMethod]
    [ChromiumInstalled]
    public async Task The_page_runs_scripts_and_shows_what_comes_of_them()
    {
        await using ScriptHostProcess host = await ScriptHostProcess.Start();
        using Process driver = Process.Start(new ProcessStartInfo("chromedriver", ["--port=0"]) { RedirectStandardOutput = true })!;
        try
        {
            using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{await Port(driver)}/"), Timeout = TimeSpan.FromSeconds(90) };
            JsonElement session = await Post(client, "session", new { capabilities = new { alwaysMatch = new Dictionary<string, object> { ["goog:chromeOptions"] = new { args = (string[])["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] } } } });
            string path = $"session/{session.GetProperty("sessionId").GetString()}";
            try
            {
                await Post(client, $"{path}/url", new { url = host.Client.BaseAddress });
                Assert.AreEqual("your own|primes(limit=100)|summary(numbers)|words(text, most=10)", await Script("const all = [...document.querySelectorAll('#script option')]; return all.length > 1 && all.map(one => one.text).join('|')"));

                await Script("document.getElementById('run').click(); return true");
                Assert.AreEqual("285", await Shown("value", "done in"));
                Assert.AreEqual("hello\n", await Script("return document.getElementById('output').textContent"));

                await Script("const text = document.getElementById('text'); text.value = 'raise ValueError(\"<img src=x onerror=alert(1)>\")'; text.dispatchEvent(new Event('input')); document.getElementById('run').click(); return true");
                Assert.Contains("ValueError: <img src=x onerror=alert(1)>", await Shown("error", "422 "));
                Assert.AreEqual("0", await Script("return String(document.images.length)"));

                await Script("const script = document.getElementById('script'); script.value = 'primes'; script.dispatchEvent(new Event('change')); document.getElementById('text').value = '{\"limit\": 6}'; document.getElementById('run').click(); return true");
                Assert.AreEqual("[2,3,5]", Spaces().Replace(await Shown("value", "done in"), ""));
            }
            finally
            {
                await client.DeleteAsync(path);
            }

            async Task<string> Script(string script)
            {
                // What it asks for may not be there yet: it answers false until then.
                JsonElement value;
                for (int i = 0; (value = await Post(client, $"{path}/execute/sync", new { script, args = Array.Empty<object>() })).ValueKind == JsonValueKind.False && i < 300; i++)
                {
                    await Task.Delay(100);
                }

                return value.ToString();
            }

            Task<string> Shown(string element, string status) =>
                Script($"return document.getElementById('status').textContent.startsWith('{status}') && document.getElementById('{element}').textContent");
        }
        finally
        {
            driver.Kill(entireProcessTree: true);
            await driver.WaitForExitAsync();
        }

        Assert.AreEqual((0, ""), await host.Stop());
    }

    private static async Task<string> Port(Process driver)
    {
        while (await driver.StandardOutput.ReadLineAsync() is { } line)
        {
            if (StartedOn().Match(line) is { Success: true } match)
            {
                return match.Groups[1].Value;
            }
        }

        throw new AssertFailedException("chromedriver has ended without a word of its port.");
    }

    private static async Task<JsonElement> Post(HttpClient client, string path, object body)
    {
        // Of a length that is known: the driver takes no chunks.
        using StringContent content = new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(path, content);
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.IsTrue(response.IsSuccessStatusCode, answer.ToString());
        return answer.GetProperty("value");
    }

    [GeneratedRegex(@"on port (\d+)\.")]
    private static partial Regex StartedOn();

    [GeneratedRegex(@"\s")]
    private static partial Regex Spaces();
}
