using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace PyEmbed.Native;

/// <summary>What Python sees of a function: name, parameters, documentation.</summary>
internal sealed class NativeSignature
{
    private NativeSignature(string name, NativeParameter[] parameters, Type result, string doc)
    {
        Name = name;
        Parameters = parameters;
        Result = result;
        Doc = doc;
    }

    /// <summary>The function's name, without that of the module.</summary>
    public string Name { get; }

    public NativeParameter[] Parameters { get; }

    /// <summary>The type of the result; <see cref="NoResult"/> where there is none.</summary>
    public Type Result { get; }

    /// <summary>What the function does, in the words of who wrote it.</summary>
    public string Doc { get; }

    /// <summary>Describes a delegate.</summary>
    /// <param name="name">The function's name.</param>
    /// <param name="method">The delegate's method, which has names and defaults where none are given.</param>
    /// <param name="types">The delegate's type arguments, the result's last.</param>
    /// <param name="doc">The documentation, or null.</param>
    /// <param name="given">All parameters, or null.</param>
    /// <exception cref="ArgumentException">A name is no identifier, or comes twice; a parameter's name is not ASCII; a parameter without a default follows one that has one; the number is wrong;
    /// the result is a task; the documentation holds a null character.</exception>
    public static NativeSignature Create(string name, MethodInfo method, ReadOnlySpan<Type> types, string? doc, IReadOnlyList<PythonParameter>? given)
    {
        name = PythonName.Normal(PythonName.Checked(name, "a function", nameof(name)));
        if (types[^1].IsAssignableTo(typeof(Task)) || types[^1] == typeof(ValueTask) || types[^1].IsConstructedGenericType && types[^1].GetGenericTypeDefinition() == typeof(ValueTask<>))
        {
            throw new ArgumentException(
                $"The function '{name}' gives a {TypeName(types[^1])}, which Python cannot await: let it wait within PythonInterpreter.AllowThreads and give the result.", nameof(method));
        }

        if (doc?.Contains('\0', StringComparison.Ordinal) == true)
        {
            throw new ArgumentException($"The documentation of the function '{name}' holds a null character, where CPython would cut it.", nameof(doc));
        }

        int count = types.Length - 1;
        if (given != null && given.Count != count)
        {
            throw new ArgumentException($"The function '{name}' has {count} parameters, and {given.Count} are described: describe all of them or none.", nameof(given));
        }

        // A delegate that is bound to its method's first argument has fewer parameters than the method.
        ParameterInfo[] declared = given == null ? method.GetParameters() : [];
        var parameters = new NativeParameter[count];
        for (int i = 0; i < count; i++)
        {
            parameters[i] = given != null
                ? new NativeParameter(given[i].Name, types[i], given[i].IsOptional, given[i].DefaultValue)
                : OfMethod(declared[declared.Length - count + i], types[i]);
        }

        Check(name, parameters);
        return new NativeSignature(name, parameters, types[count], doc ?? "");
    }

    /// <summary>
    /// The documentation of a method definition. Its first line is what <c>inspect.signature</c> reads; what follows the dashes is <c>__doc__</c>, which begins with the types.
    /// </summary>
    public string ToMethodDoc()
    {
        var text = new StringBuilder();
        text.Append(Name).Append('(').AppendJoin(", ", Parameters.Select(parameter => parameter.IsOptional ? $"{parameter.Name}={Literal(parameter.Default)}" : parameter.Name));
        text.Append(")\n--\n\n").Append(Name).Append('(');
        text.AppendJoin(", ", Parameters.Select(parameter =>
            $"{parameter.Name}: {TypeName(parameter.Type)}{(parameter.IsOptional ? $" = {Literal(parameter.Default)}" : "")}"));
        text.Append(") -> ").Append(TypeName(Result));
        return (Doc.Length == 0 ? text : text.Append("\n\n").Append(Doc)).ToString();
    }

    /// <summary>What Python calls the values that a .NET type is read from.</summary>
    public static string TypeName(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return $"{TypeName(underlying)} or None";
        }

        if (type.IsEnum)
        {
            return "int";
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "bool",
            >= TypeCode.SByte and <= TypeCode.UInt64 => "int",
            TypeCode.Single or TypeCode.Double => "float",
            TypeCode.Decimal => "decimal.Decimal",
            TypeCode.String or TypeCode.Char => "str",
            _ when type == typeof(NoResult) => "None",
            _ when type == typeof(System.Numerics.BigInteger) => "int",
            _ when type == typeof(PythonObject) || type == typeof(object) => "object",
            _ when type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) => "bytes",
            _ when type.IsSZArray => $"list[{TypeName(type.GetElementType()!)}]",
            _ when !type.IsConstructedGenericType => type.Name,
            _ when type.IsValueType && type.IsAssignableTo(typeof(ITuple)) => $"tuple[{string.Join(", ", type.GenericTypeArguments.Select(TypeName))}]",
            _ when !type.IsAssignableTo(typeof(IEnumerable)) => type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)],
            _ when type.GenericTypeArguments.Length == 2 => $"dict[{TypeName(type.GenericTypeArguments[0])}, {TypeName(type.GenericTypeArguments[1])}]",
            _ => $"list[{TypeName(type.GenericTypeArguments[0])}]",
        };
    }

    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "No constructor runs for the zero of a struct.")]
    private static NativeParameter OfMethod(ParameterInfo parameter, Type type)
    {
        object? value = parameter.HasDefaultValue ? parameter.DefaultValue : null;

        // Metadata has no constant for `default` of a struct.
        bool isZero = parameter.HasDefaultValue && value is null && type.IsValueType && Nullable.GetUnderlyingType(type) is null;
        return new(parameter.Name ?? "", type, parameter.HasDefaultValue, isZero ? RuntimeHelpers.GetUninitializedObject(type) : value);
    }

    private static void Check(string name, NativeParameter[] parameters)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            NativeParameter parameter = parameters[i];
            if (!PythonName.IsValid(parameter.Name))
            {
                throw new ArgumentException(
                    $"Parameter {i + 1} of the function '{name}' has the name '{parameter.Name}', which Python cannot use: give the parameters their names in Python.", nameof(parameters));
            }

            if (!Ascii.IsValid(parameter.Name))
            {
                throw new ArgumentException(
                    $"Parameter {i + 1} of the function '{name}' has the name '{parameter.Name}', and inspect.signature() and help() read ASCII only: "
                    + "give the parameters their names in Python.", nameof(parameters));
            }

            for (int j = 0; j < i; j++)
            {
                if (parameters[j].Name == parameter.Name)
                {
                    throw new ArgumentException($"The function '{name}' has two parameters '{parameter.Name}': give the parameters their names in Python.", nameof(parameters));
                }
            }

            if (i > 0 && parameters[i - 1].IsOptional && !parameter.IsOptional)
            {
                throw new ArgumentException($"The parameter '{parameter.Name}' of the function '{name}' has no default and follows one that has one.", nameof(parameters));
            }
        }
    }

    // As Python would write it. For what it has no literal of, an ellipsis, as stub files have it.
    private static string Literal(object? value) => value switch
    {
        null => "None",
        bool truth => truth ? "True" : "False",
        string text => Quote(text),
        char unit => Quote(unit.ToString()),
        Enum constant => constant.ToString("D"),
        double number when double.IsFinite(number) => Float(number.ToString("R", CultureInfo.InvariantCulture)),
        float number when float.IsFinite(number) => Float(number.ToString("R", CultureInfo.InvariantCulture)),
        sbyte or byte or short or ushort or int or uint or long or ulong or System.Numerics.BigInteger => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => "...",
    };

    private static string Float(string digits) => digits.AsSpan().ContainsAny('.', 'E') ? digits.Replace("E", "e", StringComparison.Ordinal) : digits + ".0";

    // In ASCII, which is all that inspect reads.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (Rune character in text.EnumerateRunes())
        {
            _ = character.Value switch
            {
                '\\' or '\'' => quoted.Append('\\').Append(character),
                '\n' => quoted.Append("\\n"),
                >= ' ' and < '\x7f' => quoted.Append(character),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{character.Value:x8}"),
            };
        }

        return quoted.Append('\'').ToString();
    }
}
