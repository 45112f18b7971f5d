using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyEmbed.Interop;

namespace PyEmbed.Native;

/// <summary>
/// A function written in C#, as a Python object calls it: <c>PyCFunction</c> with the vectorcall convention, https://docs.python.org/3/c-api/structures.html.
/// The derived types know the types of the delegate, so that a call needs neither reflection nor boxing.
/// </summary>
internal abstract unsafe class NativeFunction : IDisposable
{
    /// <summary>The most parameters that a delegate has.</summary>
    public const int ParameterLimit = 8;

    [ThreadStatic]
    private static int depth;

    private readonly NativeSignature signature;
    private readonly InterpreterState interpreter = InterpreterState.Current;
    private CPython.PyMethodDef* definition;

    protected NativeFunction(NativeSignature signature) => this.signature = signature;

    /// <summary>How many calls of native functions lie within each other on the calling thread.</summary>
    public static int Depth => depth;

    public string Name => signature.Name;

    public NativeParameter[] Parameters => signature.Parameters;

    /// <summary>The interned names of the parameters, and the objects that count where an optional one is left out, 0 where it must not be.</summary>
    public (nint Name, nint Default)[] Slots { get; private set; } = [];

    /// <summary>
    /// Makes the Python function. The caller holds the GIL. It may outlive its module; with it goes what the delegate keeps.
    /// </summary>
    /// <param name="module">The full name of its module.</param>
    /// <returns>A new reference.</returns>
    public nint CreateFunction(string module)
    {
        using PyRef self = PyRef.Take(ManagedReference.New($"{module}.{Name}", this));
        Slots = new (nint, nint)[Parameters.Length];
        for (int i = 0; i < Slots.Length; i++)
        {
            Slots[i].Name = Text.NewName(Parameters[i].Name);
            Slots[i].Default = Parameters[i].IsOptional ? ToPython.Convert(Parameters[i].Default) : 0;
        }

        definition = interpreter.Native.Table.Add(Name, signature.ToMethodDoc(), (nint)(delegate* unmanaged[Cdecl]<nint, nint*, nint, nint, nint>)&Call);
        using PyRef name = PyRef.Take(Text.NewName(module));
        return PyRef.Checked(CPython.PyCFunction_NewEx(definition, self.Value, name.Value));
    }

    /// <summary>Frees what Python needed, after the Python function has gone. The caller holds the GIL.</summary>
    public void Dispose()
    {
        ReleaseSlots();
        if (definition != null)
        {
            interpreter.Native.Table.Remove(definition);
            definition = null;
        }
    }

    /// <summary>Gives back what calls need; there is none any more. The caller holds the GIL.</summary>
    public void ReleaseSlots()
    {
        foreach ((nint name, nint value) in Slots)
        {
            Release(name);
            Release(value);
        }

        Slots = [];
    }

    /// <summary>Calls the delegate.</summary>
    /// <param name="arguments">Borrowed references, one a parameter.</param>
    /// <param name="position">How far the call has come, for the text of an error: the index of the argument being read; the number of the parameters while the
    /// delegate runs; one more while its result is converted.</param>
    /// <returns>A new reference.</returns>
    protected abstract nint Invoke(nint* arguments, ref int position);

    /// <summary>The converter of a parameter, whose default it has read. The caller holds the GIL.</summary>
    /// <exception cref="ArgumentException">The type does not come from Python, or the default is no value of it.</exception>
    protected static Converter<T> Reader<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(NativeSignature signature, int parameter)
    {
        NativeParameter described = signature.Parameters[parameter];
        Converter<T> converter;
        try
        {
            converter = FromPython.Get<T>();
        }
        catch (InvalidCastException e)
        {
            throw new ArgumentException($"The parameter '{described.Name}' of the function '{signature.Name}' cannot come from Python: {e.Message}", e);
        }

        if (described.IsOptional)
        {
            CheckDefault(converter, described, signature.Name);
        }

        return converter;
    }

    // A default goes through Python as an argument does. Better refused here than at each call, as an argument that nobody gave.
    private static void CheckDefault<T>(Converter<T> converter, NativeParameter parameter, string function)
    {
        try
        {
            using PyRef value = PyRef.Take(ToPython.Convert(parameter.Default));
            T read = converter.Read(value.Value);
            (read as PythonObject)?.Dispose();
        }
        catch (Exception e) when (e is InvalidCastException or OverflowException or ArgumentException or PythonException)
        {
            throw new ArgumentException($"The default of the parameter '{parameter.Name}' of the function '{function}' is no value of {typeof(T)} that comes from Python: {e.Message}", e);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Call(nint self, nint* arguments, nint count, nint keywords)
    {
        NativeFunction function = ManagedReference.Target<NativeFunction>(self);
        return keywords == 0 && count == function.Parameters.Length
            ? function.Run(arguments)
            : function.Bind(arguments, (int)count, keywords);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private nint Bind(nint* arguments, int count, nint keywords)
    {
        nint* bound = stackalloc nint[ParameterLimit];
        return ArgumentBinding.TryBind(this, arguments, count, keywords, bound) ? Run(bound) : 0;
    }

    // Nothing may be thrown through CPython's frames.
    private nint Run(nint* arguments)
    {
        int position = -1;
        GilScope? outer = GilScope.Newest;
        depth++;
        interpreter.Enter(); // A thread that Python code has started comes here first.
        try
        {
            if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            {
                throw new InsufficientExecutionStackException("maximum recursion depth exceeded while calling a function written in C#: the thread's stack is used up");
            }

            // A program that runs in Python, and calls only this, takes the GIL nowhere else.
            interpreter.Pending.Drain();
            nint result = Invoke(arguments, ref position);
            return GilScope.Newest == outer ? result : throw Unbalanced(result, outer);
        }
        catch (Exception e)
        {
            GilScope.EndInner(outer);
            NativeErrors.Raise(this, position, position >= 0 && position < Parameters.Length ? arguments[position] : 0, e);
            return 0;
        }
        finally
        {
            depth--;
        }
    }

    private static InvalidOperationException Unbalanced(nint result, GilScope? outer)
    {
        GilScope.EndInner(outer);
        CPython.Py_DecRef(result);
        return new InvalidOperationException("The function has returned without disposing what Hold or AllowThreads gave it.");
    }

    private static void Release(nint reference)
    {
        if (reference != 0)
        {
            CPython.Py_DecRef(reference);
        }
    }
}
