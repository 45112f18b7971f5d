using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace PyEmbed.Benchmarks.Measurements;

/// <summary>Clients of the script host.</summary>
internal static class Clients
{
    /// <summary>Posts scripts, each client the next when it has the answer; prints how many a second were answered, and the milliseconds that answers took.</summary>
    /// <param name="address">The host.</param>
    /// <param name="scripts">A JSON file: a list of {"body": what to post to /run, "result": what the answer's value must be}.</param>
    /// <param name="count">Clients at a time.</param>
    /// <param name="duration">How long; a tenth of it before that warms up.</param>
    public static async Task<int> Run(Uri address, string scripts, int count, TimeSpan duration)
    {
        JsonElement[] all = JsonSerializer.Deserialize<JsonElement[]>(await File.ReadAllTextAsync(scripts))!;
        (string Body, JsonElement Result)[] requests = [.. all.Select(script => (script.GetProperty("body").GetRawText(), script.GetProperty("result")))];
        using var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
        await Post(client, requests, count, duration / 10);
        long begin = Stopwatch.GetTimestamp();
        double[] times = await Post(client, requests, count, duration);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Array.Sort(times);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            rate = Math.Round(times.Length / seconds, 1),
            p50 = Math.Round(times[times.Length / 2], 1),
            p99 = Math.Round(times[times.Length * 99 / 100], 1),
        }));
        return 0;
    }

    private static async Task<double[]> Post(HttpClient client, (string Body, JsonElement Result)[] requests, int count, TimeSpan duration)
    {
        var times = new ConcurrentBag<double>();
        long begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, count).Select(async number =>
        {
            for (int next = number; Stopwatch.GetElapsedTime(begin) < duration; next++)
            {
                (string body, JsonElement result) = requests[next % requests.Length];
                long sent = Stopwatch.GetTimestamp();
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                using HttpResponseMessage response = await client.PostAsync(new Uri("/run", UriKind.Relative), content);
                string text = await response.Content.ReadAsStringAsync();
                times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                if (response.StatusCode != HttpStatusCode.OK || !JsonElement.DeepEquals(JsonElement.Parse(text).GetProperty("value"), result))
                {
                    throw new InvalidDataException($"{body} was answered by {(int)response.StatusCode} {text} instead of {result}");
                }
            }
        }));
        return [.. times];
    }
}
