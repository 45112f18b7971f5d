namespace PyEmbed;

/// <summary>How a request to a <see cref="PythonWorkerPool"/> failed.</summary>
public enum PythonWorkerErrorKind
{
    /// <summary>The code raised an exception that nobody caught: <see cref="PythonWorkerException.PythonType"/> and <see cref="PythonWorkerException.PythonTraceback"/> tell which.</summary>
    Raised,

    /// <summary>It ran longer than <see cref="PythonWorkerLimits.Time"/>, and was killed.</summary>
    TimeLimit,

    /// <summary>It used more than <see cref="PythonWorkerLimits.CpuTime"/>, and was ended by the system.</summary>
    CpuLimit,

    /// <summary>It asked for more than <see cref="PythonWorkerLimits.Memory"/>: an uncaught MemoryError.</summary>
    MemoryLimit,

    /// <summary>It wrote more than <see cref="PythonWorkerLimits.Output"/> to its standard streams or log.</summary>
    OutputLimit,

    /// <summary>Its result is larger than <see cref="PythonWorkerLimits.Result"/>, or takes more than eight times as much as objects of .NET.</summary>
    ResultLimit,

    /// <summary>Its result is no value that can be handed over: see <see cref="PythonWorkerRequest"/>.</summary>
    NoValue,

    /// <summary>The process ended without an answer: by a signal, a fatal error or <c>os._exit</c>.</summary>
    Crashed,

    /// <summary>What the process said is no answer: the code wrote to the connection itself.</summary>
    BadAnswer,

    /// <summary>As many requests as <see cref="PythonWorkerOptions.QueueLimit"/> allows wait already. The code has not run.</summary>
    QueueFull,

    /// <summary>It waited longer than <see cref="PythonWorkerOptions.QueueTime"/> while others ran. The code has not run.</summary>
    QueueTime,

    /// <summary>The pool is being stopped, or was. The code has not run to its end.</summary>
    PoolStopped,

    /// <summary>No worker process could be started, or one could not mount or import what the options name. The code has not run.</summary>
    StartFailed,
}
