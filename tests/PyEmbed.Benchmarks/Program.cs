using System.Globalization;
using PyEmbed.Benchmarks.Calls;
using PyEmbed.Benchmarks.Measurements;

// One measurement a process, since CPython starts once; the suite runs them in turn.
switch (args)
{
    case ["start", var path]:
        return Start.Whole(path);

    case ["initialize"]:
        return Start.Initialize();

    case ["import", "restricted" or "policy" or "capabilities" or "hooked", var path]:
        return Imports.Run(args[1], path);

    case ["memory", var path]:
        return ManagedHeap.Run(path);

    case ["isolates", var rounds]:
        return await Isolates.Run(int.Parse(rounds, CultureInfo.InvariantCulture));

    case ["calls"]:
        return CallRun.Run(isShort: false);

    case ["calls", "short"]:
        return CallRun.Run(isShort: true);

    case ["clients", var address, var scripts, var count, var seconds]:
        return await Clients.Run(new Uri(address), scripts, int.Parse(count, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));

    default:
        Console.Error.WriteLine("""
            usage: PyEmbed.Benchmarks start <assembly> | initialize | import restricted|policy|capabilities|hooked <assembly> | memory <assembly>
                 | isolates <rounds> | calls [short] | clients <address> <scripts.json> <clients> <seconds>
            """);
        return 2;
}
