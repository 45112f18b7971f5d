using System.Buffers.Binary;
using System.Text;
using PyEmbed.Workers;

namespace PyEmbed.Tests.Workers;

/// <summary>What workers write to their answer pipe: how much of it is kept, what it may take as objects, and what is no answer.</summary>
[TestClass]
public sealed class WorkerAnswerTests
{
    private const byte Log = 1, Value = 2, Error = 3;
    private static readonly PythonWorkerLimits Limits = new() { Result = 1 << 20, Output = 1 << 20 };

    [TestMethod]
    [DataRow("{\"a\":{}},", DisplayName = "small dictionaries")]
    [DataRow("[],", DisplayName = "empty lists")]
    [DataRow("0,", DisplayName = "numbers")]
    [DataRow("\"\",", DisplayName = "empty texts")]
    public void A_value_takes_no_more_memory_than_the_limit_says(string part)
    {
        byte[] frame = Frame(Value, "[" + string.Concat(Enumerable.Repeat(part, (Limits.Result - 100) / part.Length)).TrimEnd(',') + "]");
        WorkerAnswer answer = new(Limits);
        Assert.IsNull(answer.Add(frame));
        long before = GC.GetAllocatedBytesForCurrentThread();
        answer.Read();
        Assert.IsLessThan(9L * Limits.Result, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.IsTrue(answer.IsComplete && answer.IsTooLarge && answer.Value is null);
    }

    [TestMethod]
    [DataRow(Log)]
    [DataRow(Error)]
    public void Records_and_errors_hold_text_and_nothing_that_takes_more(byte kind)
    {
        string parts = string.Join(',', Enumerable.Repeat("{\"a\":{}}", 100_000));
        WorkerAnswer answer = new(Limits);
        Assert.IsNull(answer.Add(Frame(kind, $$"""{"level":20,"logger":"","message":"","kind":"","type":"","traceback":"","time":1.5,"more":[{{parts}}]}""")));
        long before = GC.GetAllocatedBytesForCurrentThread();
        answer.Read();
        Assert.IsLessThan(4L * Limits.Output, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Contains("more than belongs there", answer.Problem!);
    }

    [TestMethod]
    public void A_value_of_many_bytes_objects_takes_no_more_either()
    {
        WorkerAnswer answer = new(Limits);
        byte[] text = "null"u8.ToArray();
        Assert.IsNull(answer.Add(Frame(Value, [.. BitConverter.GetBytes(text.Length), .. text, .. new byte[Limits.Result - 100]])));
        answer.Read();
        Assert.IsFalse(answer.IsTooLarge);
        answer = new(Limits);
        text = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("{\"$\":0}", 100)) + "]");
        Assert.IsNull(answer.Add(Frame(Value, [.. BitConverter.GetBytes(text.Length), .. text, .. BitConverter.GetBytes(500_000), .. new byte[500_000]])));
        answer.Read();
        Assert.IsTrue(answer.IsTooLarge, "the same bytes a hundred times");
    }

    [TestMethod]
    [DataRow(Value, 1 << 20, nameof(PythonWorkerErrorKind.ResultLimit))]
    [DataRow(Log, 1 << 20, nameof(PythonWorkerErrorKind.OutputLimit))]
    [DataRow(Error, 8 << 20, nameof(PythonWorkerErrorKind.BadAnswer))]
    [DataRow((byte)9, 5, nameof(PythonWorkerErrorKind.BadAnswer))]
    public void A_frame_that_is_too_long_is_refused_by_its_head(byte kind, int length, string why)
    {
        byte[] head = [.. BitConverter.GetBytes(length + 2), kind];
        Assert.AreEqual(why, new WorkerAnswer(Limits).Add(head)?.ToString());
    }

    [TestMethod]
    public void Log_records_are_counted_as_they_come_and_so_are_empty_ones()
    {
        foreach (byte[] frame in (byte[][])[Frame(Log, new string('x', 10_000)), [1, 0, 0, 0, Log]])
        {
            WorkerAnswer answer = new(Limits);
            int frames = 0;
            while (answer.Add(frame) is null)
            {
                frames++;
            }

            Assert.AreEqual(Limits.Output / frame.Length, frames);
        }
    }

    [TestMethod]
    public void Frames_arrive_in_any_pieces()
    {
        byte[] written = [.. Record("a"), .. Record("b"), .. Frame(Value, "[1,\"x\"]")];
        foreach (int size in (int[])[1, 3, 7, 100, 10_000])
        {
            WorkerAnswer answer = new(Limits);
            foreach (byte[] part in written.Chunk(size))
            {
                Assert.IsNull(answer.Add(part));
            }

            answer.Read();
            Assert.IsTrue(answer.IsComplete);
            CollectionAssert.AreEqual(new object[] { 1L, "x" }, (List<object?>)answer.Value!);
            CollectionAssert.AreEqual(new[] { "a", "b" }, answer.Logs.ConvertAll(log => log.Message));
        }
    }

    [TestMethod]
    public void What_follows_an_answer_makes_it_none_and_what_is_cut_off_is_incomplete()
    {
        WorkerAnswer answer = new(Limits);
        Assert.AreEqual(PythonWorkerErrorKind.BadAnswer, answer.Add([.. Frame(Value, "1"), .. Frame(Log, "2")]));
        answer.Read();
        Assert.AreEqual((false, "something follows its answer"), (answer.IsComplete, answer.Problem));

        answer = new(Limits);
        Assert.IsNull(answer.Add(Frame(Value, "[1]").AsSpan()[..^1]));
        answer.Read();
        Assert.AreEqual((false, null), (answer.IsComplete, answer.Problem));
    }

    [TestMethod]
    [DataRow("{\"$\":0}", "bytes that it does not have")]
    [DataRow("{\"$\":\"x\"}", "bytes that it does not have")]
    [DataRow("[1] 2", "JSON is damaged")]
    [DataRow("[1", "JSON is damaged")]
    [DataRow("\"\\ud800\"", "JSON is damaged")]
    [DataRow("1e999", "beyond those of a double")]
    public void What_is_no_value_is_no_answer(string json, string text)
    {
        WorkerAnswer answer = new(Limits);
        Assert.IsNull(answer.Add(Frame(Value, json)));
        answer.Read();
        Assert.IsFalse(answer.IsComplete);
        Assert.Contains(text, answer.Problem!);
    }

    private static byte[] Record(string message) => Frame(Log, $$"""{"level":20,"logger":"root","message":"{{message}}","time":1.5,"exception":null}""");

    private static byte[] Frame(byte kind, string json)
    {
        byte[] text = Encoding.UTF8.GetBytes(json);
        return Frame(kind, [.. BitConverter.GetBytes(text.Length), .. text]);
    }

    private static byte[] Frame(byte kind, byte[] payload)
    {
        byte[] frame = new byte[sizeof(int) + 1 + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length + 1);
        frame[sizeof(int)] = kind;
        payload.CopyTo(frame, sizeof(int) + 1);
        return frame;
    }
}
