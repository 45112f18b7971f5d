using PyEmbed.Tasks.Output;

namespace PyEmbed.Tasks.Tests.Output;

[TestClass]
public sealed class OutputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Only_a_change_writes()
    {
        string path = _folder["a.txt"];
        Assert.IsTrue(OutputFile.WriteIfChanged(path, "one"));
        var old = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, old);

        Assert.IsFalse(OutputFile.WriteIfChanged(path, "one"));
        Assert.AreEqual(old, File.GetLastWriteTimeUtc(path));

        Assert.IsTrue(OutputFile.WriteIfChanged(path, "two"));
        Assert.AreEqual("two", File.ReadAllText(path));
        Assert.IsTrue(OutputFile.WriteIfChanged(path, "longer"));
    }

    [TestMethod]
    public void A_failure_leaves_the_old_content_and_nothing_else()
    {
        string path = _folder.Write("a.txt", "old");

        Assert.ThrowsExactly<InvalidDataException>(() => OutputFile.WriteIfChanged(path, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidDataException();
        }));

        Assert.AreEqual("old", File.ReadAllText(path));
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(_folder.Root));
    }

    [TestMethod]
    public void Writers_at_the_same_time_all_succeed()
    {
        for (int round = 0; round < 200; round++)
        {
            string path = _folder[$"shared{round}"];
            using var written = new Barrier(3);
            var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
            Thread[] writers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
            {
                try
                {
                    OutputFile.WriteIfChanged(path, stream =>
                    {
                        stream.WriteByte(1);
                        written.SignalAndWait();
                    });
                }
                catch (IOException e)
                {
                    failures.Enqueue(e);
                }
            })).ToArray();
            Array.ForEach(writers, writer => writer.Start());
            Array.ForEach(writers, writer => writer.Join());

            Assert.IsEmpty(failures, string.Join('\n', failures));
            CollectionAssert.AreEqual(new byte[] { 1 }, File.ReadAllBytes(path));
        }

        Assert.HasCount(200, Directory.GetFiles(_folder.Root));
    }

    [TestMethod]
    public void Large_files_are_compared_to_their_end()
    {
        string path = _folder["big"];
        var content = new byte[200_000];
        OutputFile.WriteIfChanged(path, stream => stream.Write(content));
        content[^1] = 1;

        Assert.IsTrue(OutputFile.WriteIfChanged(path, stream => stream.Write(content)));
        Assert.IsFalse(OutputFile.WriteIfChanged(path, stream => stream.Write(content)));
    }
}
