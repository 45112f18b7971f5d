namespace PyEmbed.Tasks.Interpreter;

/// <summary>The interpreter cannot be used, or ended before its work was done.</summary>
internal sealed class InterpreterException(string message) : Exception(message);
