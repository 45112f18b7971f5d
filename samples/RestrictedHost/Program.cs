using PyEmbed;
using RestrictedHost;

string scripts = Path.Combine(AppContext.BaseDirectory, "scripts");
switch (args)
{
    case ["restricted"]:
        RunRestricted();
        return 0;
    case ["desktop"]:
        RunDesktop(scripts);
        return 0;
    default:
        Console.Error.WriteLine("usage: RestrictedHost restricted|desktop");
        return 2;
}

static void RunRestricted()
{
    using var python = PythonInterpreter.Start(Configurations.Restricted());
    Console.WriteLine(python.Import("mygame.core.player").InvokeMethod<string>("greet"));
    foreach (string script in (string[])["import roblox, mygame.core", "import os", "open('/etc/hostname')", "import mygame.nowhere"])
    {
        try
        {
            python.Execute(script);
            Console.WriteLine($"{script}: done");
        }
        catch (PythonImportException e)
        {
            Console.WriteLine($"{script}: {e.Module} " + (e.Rule is null ? $"was looked for in {string.Join(", ", e.Origins)}" : $"is denied ({e.Rule})"));
        }
        catch (PythonException e)
        {
            Console.WriteLine($"{script}: {e.Message}");
        }
    }

    PrintModules(python, "mygame", "roblox");
}

static void RunDesktop(string scripts)
{
    using var python = PythonInterpreter.Start(Configurations.Desktop(scripts));
    Console.WriteLine(string.Join(", ", python.Import("inventory").InvokeMethod<string[]>("load", Path.Combine(scripts, "items.json"))));
    PrintModules(python, "inventory", "fs");
}

static void PrintModules(PythonInterpreter python, params string[] packages)
{
    foreach (PythonModuleReport module in python.Describe().Modules.Where(module => packages.Contains(module.Name.Split('.')[0])))
    {
        Console.WriteLine($"{module.Name}: {module.Origin.Replace(AppContext.BaseDirectory, "", StringComparison.Ordinal)}");
    }
}
