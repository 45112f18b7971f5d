using System.Diagnostics;

namespace PyEmbed.Tests;

/// <summary>Real SIGINTs to real processes.</summary>
[TestClass]
public sealed class SignalTests
{
    private static readonly Dictionary<string, string?> NoVariables = [];

    [TestMethod]
    [DataRow("exec('while True: pass')")]
    [DataRow("import time; time.sleep(60)")]
    [DataRow("import threading; threading.Lock().acquire() and None; l = threading.Lock(); l.acquire(); l.acquire()")]
    [DataRow("import threading; threading.Event().wait()")]
    [DataRow("import queue; queue.Queue().get()")]
    [DataRow("import select; select.select([], [], [], 60)")]
    [DataRow("input()")]
    [DataRow("import asyncio; asyncio.run(asyncio.sleep(60))")]
    public void Interrupt_ends_a_program_as_under_python(string code)
    {
        (int exitCode, string output, string error) = Interrupt("run", "print('ready', flush=True)\ntry:\n    " + code.Replace("\n", "\n    ", StringComparison.Ordinal) + "\nfinally:\n    print('finally')");
        Assert.AreEqual(130, exitCode, error);
        Assert.AreEqual("finally\n", output);
        StringAssert.Contains(error, "KeyboardInterrupt");
    }

    [TestMethod]
    public void A_program_may_catch_the_interrupt()
    {
        (int exitCode, string output, _) = Interrupt("run", "import time, sys\ntry:\n    print('ready', flush=True); time.sleep(60)\nexcept KeyboardInterrupt:\n    print('caught'); sys.exit(4)");
        Assert.AreEqual(4, exitCode);
        Assert.AreEqual("caught\n", output);
    }

    [TestMethod]
    public void A_program_may_handle_signals_itself()
    {
        (int exitCode, string output, _) = Interrupt("run", "import signal, sys, time\nsignal.signal(signal.SIGINT, lambda *a: sys.exit(6))\nprint('ready', flush=True)\ntime.sleep(60)");
        Assert.AreEqual(6, exitCode);
        Assert.AreEqual("", output);
    }

    [TestMethod]
    public void Interrupt_ends_the_waiting_for_threads_that_a_program_left_behind()
    {
        (int exitCode, string output, string error) = Interrupt("run", """
            import atexit, threading, time
            atexit.register(print, 'atexit')
            def stay():
                time.sleep(0.5)
                print('ready', flush=True)
                time.sleep(60)
            threading.Thread(target=stay).start()
            """);
        Assert.AreEqual(0, exitCode, error);
        Assert.AreEqual("atexit\n", output);
        StringAssert.Contains(error, "KeyboardInterrupt");
    }

    [TestMethod]
    public void Outside_programs_the_interrupt_is_NETs()
    {
        (int exitCode, _, string error) = Interrupt("execute", "import time\nprint('ready', flush=True)\ntime.sleep(60)");
        Assert.AreEqual(128 + 2, exitCode);
        Assert.IsFalse(error.Contains("KeyboardInterrupt", StringComparison.Ordinal), error);
    }

    [TestMethod]
    public void After_a_program_the_interrupt_is_NETs_again()
    {
        (int exitCode, _, _) = Interrupt("cancel-key");
        Assert.AreEqual(7, exitCode);
    }

    [TestMethod]
    public void On_another_thread_the_interrupt_stays_NETs()
    {
        (int exitCode, _, string error) = Interrupt("run-on-other-thread", "import time\nprint('ready', flush=True)\ntime.sleep(60)");
        Assert.AreEqual(128 + 2, exitCode);
        Assert.IsFalse(error.Contains("KeyboardInterrupt", StringComparison.Ordinal), error);
    }

    [TestMethod]
    public void Control_C_on_a_terminal_breaks_input()
    {
        // The driver is the parent on the other end of a pseudo-terminal, which turns the key into the signal.
        const string Driver = """
            import os, pty, sys, time
            child, terminal = pty.fork()
            if child == 0:
                os.execv(sys.argv[1], sys.argv[1:])
            text = b''
            def read_until(mark):
                global text
                while mark not in text:
                    text += os.read(terminal, 1000)
            read_until(b'name? ')
            os.write(terminal, b'Ada\n')
            read_until(b'Hello Ada')
            read_until(b'again? ')
            time.sleep(0.3)
            os.write(terminal, b'\x03')
            try:
                while True:
                    more = os.read(terminal, 1000)
                    if not more: break
                    text += more
            except OSError:
                pass
            status = os.waitpid(child, 0)[1]
            print('KeyboardInterrupt' in text.decode(), os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status))
            """;
        string executable = PythonFixture.Python.Describe().Executable!;
        TestHostProcess result = TestHostProcess.RunProgram(
            NoVariables, executable, "-I", "-c", Driver, TestHostProcess.Executable, "run", "print('Hello', input('name? ')); input('again? ')");
        Assert.AreEqual("True 130\n", result.Output, result.ToString());
    }

    private static (int ExitCode, string Output, string Error) Interrupt(string scenario, params string[] arguments)
    {
        using Process process = TestHostProcess.Start(NoVariables, TestHostProcess.Executable, [scenario, .. arguments]);
        Assert.AreEqual("ready", process.StandardOutput.ReadLine());
        Thread.Sleep(200); // From the line to the wait it is a few instructions of the program.
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        PythonFixture.Python.Import("os").InvokeMethod("kill", process.Id, 2).Dispose();
        if (!process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            process.Kill();
            Assert.Fail($"SIGINT did not end the process. {output.Result} {error.Result}");
        }

        return (process.ExitCode, output.Result, error.Result);
    }
}
