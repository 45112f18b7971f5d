using System.Diagnostics.CodeAnalysis;
using PyEmbed.Interop;

namespace PyEmbed.Native;

// One class for each number of parameters. See NativeFunction.Invoke for what position is.

internal sealed unsafe class NativeFunction<TResult>(NativeSignature signature, Func<TResult> function) : NativeFunction(signature)
{
    protected override nint Invoke(nint* arguments, ref int position)
    {
        position = 0;
        TResult result = function();
        position = 1;
        return Results.New(result);
    }
}

internal sealed unsafe class NativeFunction<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
    TResult>(NativeSignature signature, Func<T1, TResult> function) : NativeFunction(signature)
{
    private readonly Converter<T1> reader1 = Reader<T1>(signature, 0);

    protected override nint Invoke(nint* arguments, ref int position)
    {
        position = 0;
        T1 argument1 = reader1.Read(arguments[0]);
        position = 1;
        TResult result = function(argument1);
        position = 2;
        return Results.New(result);
    }
}

internal sealed unsafe class NativeFunction<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
    TResult>(NativeSignature signature, Func<T1, T2, TResult> function) : NativeFunction(signature)
{
    private readonly Converter<T1> reader1 = Reader<T1>(signature, 0);
    private readonly Converter<T2> reader2 = Reader<T2>(signature, 1);

    protected override nint Invoke(nint* arguments, ref int position)
    {
        position = 0;
        T1 argument1 = reader1.Read(arguments[0]);
        position = 1;
        T2 argument2 = reader2.Read(arguments[1]);
        position = 2;
        TResult result = function(argument1, argument2);
        position = 3;
        return Results.New(result);
    }
}

internal sealed unsafe class NativeFunction<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
    TResult>(NativeSignature signature, Func<T1, T2, T3, TResult> function) : NativeFunction(signature)
{
    private readonly Converter<T1> reader1 = Reader<T1>(signature, 0);
    private readonly Converter<T2> reader2 = Reader<T2>(signature, 1);
    private readonly Converter<T3> reader3 = Reader<T3>(signature, 2);

    protected override nint Invoke(nint* arguments, ref int position)
    {
        position = 0;
        T1 argument1 = reader1.Read(arguments[0]);
        position = 1;
        T2 argument2 = reader2.Read(arguments[1]);
        position = 2;
        T3 argument3 = reader3.Read(arguments[2]);
        position = 3;
        TResult result = function(argument1, argument2, argument3);
        position = 4;
        return Results.New(result);
    }
}

internal sealed unsafe class NativeFunction<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
    TResult>(NativeSignature signature, Func<T1, T2, T3, T4, TResult> function) : NativeFunction(signature)
{
    private readonly Converter<T1> reader1 = Reader<T1>(signature, 0);
    private readonly Converter<T2> reader2 = Reader<T2>(signature, 1);
    private readonly Converter<T3> reader3 = Reader<T3>(signature, 2);
    private readonly Converter<T4> reader4 = Reader<T4>(signature, 3);

    protected override nint Invoke(nint* arguments, ref int position)
    {
        position = 0;
        T1 argument1 = reader1.Read(arguments[0]);
        position = 1;
        T2 argument2 = reader2.Read(arguments[1]);
        position = 2;
        T3 argument3 = reader3.Read(arguments[2]);
        position = 3;
        T4 argument4 = reader4.Read(arguments[3]);
        position = 4;
        TResult result = function(argument1, argument2, argument3, argument4);
        position = 5;
        return Results.New(result);
    }
}

internal sealed unsafe class NativeFunction<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
    TResult>(NativeSignature signature, Func<T1, T2, T3, T4, T5, TResult> function) : NativeFunction(signature)
{
    private readonly Converter<T1> reader1 = Reader<T1>(signature, 0);
    private readonly Converter<T2> reader2 = Reader<T2>(signature, 1);
    private readonly Converter<T3> reader3 = Reader<T3>(signature, 2);
    private readonly Converter<T4> reader4 = Reader<T4>(signature, 3);
    private readonly Converter<T5> reader5 = Reader<T5>(signature, 4);

    protected override nint Invoke(nint* arguments, ref int position)
    {
        position = 0;
        T1 argument1 = reader1.Read(arguments[0]);
        position = 1;
        T2 argument2 = reader2.Read(arguments[1]);
        position = 2;
        T3 argument3 = reader3.Read(arguments[2]);
        position = 3;
        T4 argument4 = reader4.Read(arguments[3]);
        position = 4;
        T5 argument5 = reader5.Read(arguments[4]);
        position = 5;
        TResult result = function(argument1, argument2, argument3, argument4, argument5);
        position = 6;
        return Results.New(result);
    }
}

internal sealed unsafe class NativeFunction<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T6,
    TResult>(NativeSignature signature, Func<T1, T2, T3, T4, T5, T6, TResult> function) : NativeFunction(signature)
{
    private readonly Converter<T1> reader1 = Reader<T1>(signature, 0);
    private readonly Converter<T2> reader2 = Reader<T2>(signature, 1);
    private readonly Converter<T3> reader3 = Reader<T3>(signature, 2);
    private readonly Converter<T4> reader4 = Reader<T4>(signature, 3);
    private readonly Converter<T5> reader5 = Reader<T5>(signature, 4);
    private readonly Converter<T6> reader6 = Reader<T6>(signature, 5);

    protected override nint Invoke(nint* arguments, ref int position)
    {
        position = 0;
        T1 argument1 = reader1.Read(arguments[0]);
        position = 1;
        T2 argument2 = reader2.Read(arguments[1]);
        position = 2;
        T3 argument3 = reader3.Read(arguments[2]);
        position = 3;
        T4 argument4 = reader4.Read(arguments[3]);
        position = 4;
        T5 argument5 = reader5.Read(arguments[4]);
        position = 5;
        T6 argument6 = reader6.Read(arguments[5]);
        position = 6;
        TResult result = function(argument1, argument2, argument3, argument4, argument5, argument6);
        position = 7;
        return Results.New(result);
    }
}

internal sealed unsafe class NativeFunction<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T6,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T7,
    TResult>(NativeSignature signature, Func<T1, T2, T3, T4, T5, T6, T7, TResult> function) : NativeFunction(signature)
{
    private readonly Converter<T1> reader1 = Reader<T1>(signature, 0);
    private readonly Converter<T2> reader2 = Reader<T2>(signature, 1);
    private readonly Converter<T3> reader3 = Reader<T3>(signature, 2);
    private readonly Converter<T4> reader4 = Reader<T4>(signature, 3);
    private readonly Converter<T5> reader5 = Reader<T5>(signature, 4);
    private readonly Converter<T6> reader6 = Reader<T6>(signature, 5);
    private readonly Converter<T7> reader7 = Reader<T7>(signature, 6);

    protected override nint Invoke(nint* arguments, ref int position)
    {
        position = 0;
        T1 argument1 = reader1.Read(arguments[0]);
        position = 1;
        T2 argument2 = reader2.Read(arguments[1]);
        position = 2;
        T3 argument3 = reader3.Read(arguments[2]);
        position = 3;
        T4 argument4 = reader4.Read(arguments[3]);
        position = 4;
        T5 argument5 = reader5.Read(arguments[4]);
        position = 5;
        T6 argument6 = reader6.Read(arguments[5]);
        position = 6;
        T7 argument7 = reader7.Read(arguments[6]);
        position = 7;
        TResult result = function(argument1, argument2, argument3, argument4, argument5, argument6, argument7);
        position = 8;
        return Results.New(result);
    }
}

internal sealed unsafe class NativeFunction<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T1,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T2,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T3,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T4,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T5,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T6,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T7,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T8,
    TResult>(NativeSignature signature, Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function) : NativeFunction(signature)
{
    private readonly Converter<T1> reader1 = Reader<T1>(signature, 0);
    private readonly Converter<T2> reader2 = Reader<T2>(signature, 1);
    private readonly Converter<T3> reader3 = Reader<T3>(signature, 2);
    private readonly Converter<T4> reader4 = Reader<T4>(signature, 3);
    private readonly Converter<T5> reader5 = Reader<T5>(signature, 4);
    private readonly Converter<T6> reader6 = Reader<T6>(signature, 5);
    private readonly Converter<T7> reader7 = Reader<T7>(signature, 6);
    private readonly Converter<T8> reader8 = Reader<T8>(signature, 7);

    protected override nint Invoke(nint* arguments, ref int position)
    {
        position = 0;
        T1 argument1 = reader1.Read(arguments[0]);
        position = 1;
        T2 argument2 = reader2.Read(arguments[1]);
        position = 2;
        T3 argument3 = reader3.Read(arguments[2]);
        position = 3;
        T4 argument4 = reader4.Read(arguments[3]);
        position = 4;
        T5 argument5 = reader5.Read(arguments[4]);
        position = 5;
        T6 argument6 = reader6.Read(arguments[5]);
        position = 6;
        T7 argument7 = reader7.Read(arguments[6]);
        position = 7;
        T8 argument8 = reader8.Read(arguments[7]);
        position = 8;
        TResult result = function(argument1, argument2, argument3, argument4, argument5, argument6, argument7, argument8);
        position = 9;
        return Results.New(result);
    }
}
