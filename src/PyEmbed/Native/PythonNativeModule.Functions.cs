using System.Diagnostics.CodeAnalysis;
using PyEmbed.Native;

namespace PyEmbed;

/// <content>Functions, one overload for each number of parameters, with and without a result.</content>
public sealed partial class PythonNativeModule
{
    /// <summary>Adds a function.</summary>
    /// <param name="name">The function's name in Python.</param>
    /// <param name="function">
    /// What it does. It is called with the GIL held, on whichever thread calls it in Python; <see cref="PythonInterpreter.AllowThreads"/> lets others run meanwhile.
    /// Parameters are of types that <see cref="PythonObject.As"/> converts to, the result of a type that <see cref="PythonObject.From"/> takes; an <c>Action</c> gives None.
    /// What it throws is raised in Python.
    /// </param>
    /// <param name="doc">The documentation, <c>__doc__</c> below a first line with the types.</param>
    /// <param name="parameters">All parameters, for a delegate whose method has not the names and defaults that Python is to see. Null: those of the method.</param>
    /// <exception cref="ArgumentException">A name is no identifier or taken, the parameters do not fit, or one is of a type that does not come from Python.</exception>
    /// <exception cref="InvalidOperationException">The module is built already.</exception>
    public void AddFunction<TResult>(string name, Func<TResult> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(TResult)], doc, parameters);
        Add(new NativeFunction<TResult>(signature, function));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction(string name, Action function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(NoResult)], doc, parameters);
        Add(new NativeFunction<NoResult>(signature, () =>
        {
            function();
            return default(NoResult);
        }));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        TResult>(string name, Func<T1, TResult> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(TResult)], doc, parameters);
        Add(new NativeFunction<T1, TResult>(signature, function));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1>(string name, Action<T1> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(NoResult)], doc, parameters);
        Add(new NativeFunction<T1, NoResult>(signature, t1 =>
        {
            function(t1);
            return default(NoResult);
        }));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        TResult>(string name, Func<T1, T2, TResult> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(TResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, TResult>(signature, function));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2>(string name, Action<T1, T2> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(NoResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, NoResult>(signature, (t1, t2) =>
        {
            function(t1, t2);
            return default(NoResult);
        }));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        TResult>(string name, Func<T1, T2, T3, TResult> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(TResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, TResult>(signature, function));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3>(string name, Action<T1, T2, T3> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(NoResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, NoResult>(signature, (t1, t2, t3) =>
        {
            function(t1, t2, t3);
            return default(NoResult);
        }));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
        TResult>(string name, Func<T1, T2, T3, T4, TResult> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(TResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, T4, TResult>(signature, function));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4>(string name, Action<T1, T2, T3, T4> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(NoResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, T4, NoResult>(signature, (t1, t2, t3, t4) =>
        {
            function(t1, t2, t3, t4);
            return default(NoResult);
        }));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
        TResult>(string name, Func<T1, T2, T3, T4, T5, TResult> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(TResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, T4, T5, TResult>(signature, function));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5>(string name, Action<T1, T2, T3, T4, T5> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(NoResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, T4, T5, NoResult>(signature, (t1, t2, t3, t4, t5) =>
        {
            function(t1, t2, t3, t4, t5);
            return default(NoResult);
        }));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T6,
        TResult>(string name, Func<T1, T2, T3, T4, T5, T6, TResult> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(TResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, T4, T5, T6, TResult>(signature, function));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T6>(string name, Action<T1, T2, T3, T4, T5, T6> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(NoResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, T4, T5, T6, NoResult>(signature, (t1, t2, t3, t4, t5, t6) =>
        {
            function(t1, t2, t3, t4, t5, t6);
            return default(NoResult);
        }));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T6,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T7,
        TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, TResult> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(TResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, T4, T5, T6, T7, TResult>(signature, function));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T6,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T7>(string name, Action<T1, T2, T3, T4, T5, T6, T7> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(NoResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, T4, T5, T6, T7, NoResult>(signature, (t1, t2, t3, t4, t5, t6, t7) =>
        {
            function(t1, t2, t3, t4, t5, t6, t7);
            return default(NoResult);
        }));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T6,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T7,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T8,
        TResult>(string name, Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(TResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(signature, function));
    }

    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult}, string?, IReadOnlyList{PythonParameter}?)"/>
    public void AddFunction<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T6,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T7,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T8>(string name, Action<T1, T2, T3, T4, T5, T6, T7, T8> function, string? doc = null, IReadOnlyList<PythonParameter>? parameters = null)
    {
        NativeSignature signature = Describe(name, function, [typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8), typeof(NoResult)], doc, parameters);
        Add(new NativeFunction<T1, T2, T3, T4, T5, T6, T7, T8, NoResult>(signature, (t1, t2, t3, t4, t5, t6, t7, t8) =>
        {
            function(t1, t2, t3, t4, t5, t6, t7, t8);
            return default(NoResult);
        }));
    }
}
