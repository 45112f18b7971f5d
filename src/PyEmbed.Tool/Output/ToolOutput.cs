using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace PyEmbed.Tool.Output;

/// <summary>
/// Where a command prints. In a pipe or a file: UTF-8, fields separated by tabs, no colours, nothing wrapped or cut. On a terminal: tables and
/// colours, the latter unless <c>NO_COLOR</c> is set. With <c>--json</c>: one document.
/// </summary>
internal sealed class ToolOutput : IDisposable
{
    private const int FormatVersion = 1;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Stream stream = new BufferedStream(StandardOutput.Open(), 1 << 16);
    private IAnsiConsole? terminal;
    private bool abandoned;

    public ToolOutput()
    {
        Text = new StreamWriter(stream, Utf8, leaveOpen: true) { NewLine = "\n" };
        Error = new StreamWriter(Console.OpenStandardError(), Utf8) { NewLine = Environment.NewLine, AutoFlush = true };
    }

    /// <summary>Standard output as text, for what has no columns.</summary>
    public TextWriter Text { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether <c>--json</c> was given.</summary>
    public bool Json { get; set; }

    /// <summary>Whether standard output is a terminal.</summary>
    public bool IsTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>The terminal, where standard output is one.</summary>
    public IAnsiConsole Terminal => terminal ??= OnTerminal(Console.Out);

    /// <summary>Prints the one JSON document of a command.</summary>
    /// <param name="write">Writes the members of the outermost object but its first, <c>formatVersion</c>.</param>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        JsonWriterOptions options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        Text.Flush();
        using (Utf8JsonWriter json = new(stream, options))
        {
            json.WriteStartObject();
            json.WriteNumber("formatVersion", FormatVersion);
            write(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>Prints rows: on a terminal as a table with its head, else a line a row, fields separated by tabs, without a head.</summary>
    /// <param name="columns">The head; a column without a name is left out on a terminal, whose width is short.</param>
    /// <param name="rows">For each row as many fields as there are columns.</param>
    public void WriteTable(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (!IsTerminal)
        {
            foreach (IReadOnlyList<string> row in rows)
            {
                WriteFields(row);
            }

            return;
        }

        Table table = new() { Border = TableBorder.None };
        foreach (string column in columns.Where(column => column.Length > 0))
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(Color.Grey))));
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow(row.Where((_, i) => columns[i].Length > 0).Select(field => new Text(Printable.Escape(field))));
        }

        Flush();
        Terminal.Write(table);
    }

    /// <summary>Prints one line of fields, separated by tabs.</summary>
    public void WriteFields(IReadOnlyList<string> fields)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            if (i > 0)
            {
                Text.Write('\t');
            }

            Text.Write(Printable.Escape(fields[i]));
        }

        Text.Write('\n');
    }

    /// <summary>Prints bytes as they are.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Text.Flush();
        stream.Write(bytes);
    }

    /// <summary>Prints one line on standard error, with the program's name before it.</summary>
    public void Complain(string message)
    {
        try
        {
            if (Console.IsErrorRedirected)
            {
                Error.WriteLine($"pyembed: {message}");
            }
            else
            {
                OnTerminal(Console.Error).Write(new Text($"pyembed: {message}\n", new Style(Color.Red)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Standard error is closed, or on a full disk: nobody can be told, and the exit code still says it.
        }
    }

    /// <summary>Does a work; where standard error is a terminal, a line there says meanwhile what goes on.</summary>
    public static T During<T>(string what, Func<T> work) =>
        Console.IsErrorRedirected ? work() : OnTerminal(Console.Error).Status().Start(Markup.Escape(Printable.Escape(what)), _ => work());

    /// <summary>Brings out everything that was printed.</summary>
    /// <exception cref="BrokenPipeException">Nobody reads it any more.</exception>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public void Flush()
    {
        if (!abandoned)
        {
            Text.Flush();
            stream.Flush();
        }
    }

    /// <summary>Gives up what has not been written: it cannot be.</summary>
    public void Abandon() => abandoned = true;

    /// <inheritdoc/>
    public void Dispose() => Error.Dispose();

    private static IAnsiConsole OnTerminal(TextWriter writer)
    {
        bool plain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
    }
}
