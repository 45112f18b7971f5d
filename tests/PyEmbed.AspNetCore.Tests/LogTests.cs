using Microsoft.Extensions.Logging;

namespace PyEmbed.AspNetCore.Tests;

/// <summary>What scripts log reaches the host's loggers.</summary>
[TestClass]
public sealed class LogTests
{
    [TestMethod]
    public async Task Records_arrive_with_category_level_traceback_and_scope()
    {
        Records records = new();
        await using var application = await TestApplication.Start([], builder => builder.Logging.AddProvider(records).SetMinimumLevel(LogLevel.Trace));
        await application.RunScript(
            """
            import logging
            logging.root.setLevel(1)
            log = logging.getLogger('shop.orders')
            for level in 5, 10, 20, 30, 40, 50:
                log.log(level, 'level %d', level)
            logging.warning('from the root')
            try:
                1 / 0
            except ZeroDivisionError:
                log.exception('no luck')
            """, "nightly");
        await application.StopAsync();

        (string Category, LogLevel Level, string Text, string Scope)[] found = [.. records.All.Where(record => record.Category.StartsWith("Python", StringComparison.Ordinal))];
        Assert.HasCount(8, found);
        CollectionAssert.AreEqual(
            new[] { LogLevel.Trace, LogLevel.Debug, LogLevel.Information, LogLevel.Warning, LogLevel.Error, LogLevel.Critical }, Array.ConvertAll(found[..6], record => record.Level));
        Assert.AreEqual(("Python.shop.orders", LogLevel.Trace, "level 5", "PythonRequest:nightly"), found[0]);
        Assert.AreEqual(("Python", LogLevel.Warning, "from the root", "PythonRequest:nightly"), found[6]);
        Assert.AreEqual(LogLevel.Error, found[7].Level);
        Assert.StartsWith("no luck\nTraceback (most recent call last):\n", found[7].Text);
        Assert.Contains("ZeroDivisionError: division by zero", found[7].Text);
    }

    [TestMethod]
    public async Task Records_of_a_request_that_fails_arrive_and_so_does_its_failure()
    {
        Records records = new();
        await using var application = await TestApplication.Start([], builder => builder.Logging.AddProvider(records));
        await Assert.ThrowsExactlyAsync<PythonWorkerException>(() => application.RunScript("import logging; logging.error('before'); raise LookupError('x')", "bad"));
        await application.StopAsync();
        Assert.Contains(("Python", LogLevel.Error, "before", "PythonRequest:bad"), records.All);
        Assert.Contains("The request 'bad' has failed: Raised LookupError", records.All.Select(record => record.Text));
    }

    [TestMethod]
    public async Task Names_that_scripts_make_up_neither_pile_up_nor_reach_a_terminal()
    {
        Records records = new();
        await using var application = await TestApplication.Start([], builder => builder.Logging.AddProvider(records));
        await application.RunScript("import logging\nfor n in range(2000): logging.getLogger('n%d' % n).warning('x')\nlogging.getLogger('bad\\x1b[2J\\r').warning('red \\x1b[31m\\n')\nlogging.getLogger('x' * 1000).warning('y')");
        await application.StopAsync();
        (string Category, LogLevel Level, string Text, string Scope)[] found = [.. records.All.Where(record => record.Level == LogLevel.Warning)];
        Assert.HasCount(2002, found);
        Assert.IsLessThanOrEqualTo(501, found.Select(record => record.Category).Distinct().Count());
        Assert.AreEqual(("Python", LogLevel.Warning, "red \\x1b[31m\n", "PythonRequest:script"), found[2000]);
        Assert.AreEqual("Python", found[2001].Category);
    }
}
