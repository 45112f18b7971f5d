using System.Diagnostics.CodeAnalysis;
using PyEmbed.Interop;
using PyEmbed.Scripts;

namespace PyEmbed;

/// <content>Scripts that are compiled once (docs/isolates.md).</content>
public sealed partial class PythonIsolate
{
    /// <summary>Runs a script with global variables of its own, and gives its result; meanwhile it is the isolate's <c>__main__</c>. To cancel it, run it by <see cref="RunAsync"/>, or that of a pool.</summary>
    /// <inheritdoc cref="PythonInterpreter.RunScript(PythonScript, IReadOnlyDictionary{string, object?})"/>
    public object? RunScript(PythonScript script, IReadOnlyDictionary<string, object?>? variables = null)
    {
        ArgumentNullException.ThrowIfNull(script);
        return Run(_ =>
        {
            using Gil gil = Gil.Acquire();
            return ScriptRun.Run(script, variables, PlainValues.Read);
        });
    }

    /// <summary>Runs a script with global variables of its own, and converts its result; meanwhile it is the isolate's <c>__main__</c>. To cancel it, run it by <see cref="RunAsync"/>, or that of a pool.</summary>
    /// <inheritdoc cref="PythonInterpreter.RunScript{T}(PythonScript, IReadOnlyDictionary{string, object?})"/>
    public T RunScript<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(PythonScript script, IReadOnlyDictionary<string, object?>? variables = null)
    {
        ArgumentNullException.ThrowIfNull(script);
        return Run(_ =>
        {
            using Gil gil = Gil.Acquire();
            return ScriptRun.Run(script, variables, FromPython.Read<T>);
        });
    }
}
