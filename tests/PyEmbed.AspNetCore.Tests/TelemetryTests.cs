using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>Metrics and spans.</summary>
[TestClass]
public sealed class TelemetryTests
{
    [TestMethod]
    public async Task Requests_are_measured_by_outcome()
    {
        await using var application = await TestApplication.Start(new() { ["Workers"] = "1", ["Limits:Output"] = "1000" });
        IMeterFactory meters = application.Services.GetRequiredService<IMeterFactory>();
        ConcurrentQueue<(string Name, double Value, string? Tag)> measured = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "PyEmbed" && instrument.Meter.Scope == meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, Tag(tags))));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, Tag(tags))));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, Tag(tags))));
        listener.Start();

        await application.RunScript("result = 1");
        await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => application.RunScript("raise ValueError"));
        await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => application.RunScript("while True: print('x' * 1000)"));
        using CancellationTokenSource source = new();
        Task running = application.RunScript("import time; time.sleep(25)", cancellationToken: source.Token), waiting = application.RunScript("", cancellationToken: source.Token);
        await application.Until(running: 1, queued: 1);
        listener.RecordObservableInstruments();
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
        await application.StopAsync();

        (string Name, double Value, string? Tag)[] durations = [.. measured.Where(one => one.Name == "pyembed.request.duration")];
        CollectionAssert.AreEqual(new[] { "Succeeded", "Raised", "OutputLimit", "Canceled", "Canceled" }, Array.ConvertAll(durations, one => one.Tag));
        Assert.IsTrue(Array.TrueForAll(durations, one => one.Value is > 0 and < 60), string.Join(", ", durations));
        Assert.Contains(("pyembed.worker.kills", 1, "OutputLimit"), measured);
        Assert.Contains(("pyembed.worker.kills", 1, "Canceled"), measured);
        Assert.HasCount(2, measured.Where(one => one.Name == "pyembed.worker.kills"));
        Assert.Contains(("pyembed.request.running", 1, null), measured);
        Assert.Contains(("pyembed.request.queued", 1, null), measured);
        Assert.Contains(("pyembed.worker.starts", 1, null), measured);

        static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length == 0 ? null : (string?)tags[0].Value;
    }

    [TestMethod]
    public async Task A_request_is_a_span_with_its_outcome()
    {
        ConcurrentQueue<Activity> ended = [];
        using ActivitySource tests = new("tests");
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name is "PyEmbed" or "tests",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var application = await TestApplication.Start([]);
        using (Activity parent = tests.StartActivity("parent")!)
        {
            await application.RunScript("result = 1", "good");
            await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => application.RunScript("raise KeyError('k')", "bad"));
            Activity[] spans = [.. ended.Where(span => span.ParentSpanId == parent.SpanId)];
            Assert.HasCount(2, spans);
            Assert.IsTrue(Array.TrueForAll(spans, span => span.OperationName == "pyembed.request"));
            Assert.AreEqual(("good", "Succeeded", ActivityStatusCode.Unset, null), Described(spans[0]));
            Assert.AreEqual(("bad", "Raised", ActivityStatusCode.Error, "Raised"), Described(spans[1]));
            ActivityEvent exception = spans[1].Events.Single();
            Assert.AreEqual("exception", exception.Name);
            Assert.AreEqual("KeyError", exception.Tags.Single(tag => tag.Key == "exception.type").Value);
            Assert.Contains("Traceback", (string)exception.Tags.Single(tag => tag.Key == "exception.stacktrace").Value!);
        }

        await application.StopAsync();

        static (string? Name, string? Outcome, ActivityStatusCode Status, string? Error) Described(Activity span) =>
            ((string?)span.GetTagItem("pyembed.request.name"), (string?)span.GetTagItem("pyembed.outcome"), span.Status, (string?)span.GetTagItem("error.type"));
    }
}
