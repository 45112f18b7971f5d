using System.Collections;
using PyEmbed.Native;

namespace PyEmbed;

/// <summary>The modules written in C# that <see cref="PythonOptions.NativeModules"/> gives to Python. <see cref="PythonInterpreter.Start"/> takes them over; from then on none can be added.</summary>
public sealed class PythonNativeModules : IEnumerable<string>
{
    private readonly List<(string Name, Action<PythonNativeModule> Build)> modules = [];
    private bool isFrozen;

    /// <summary>The number of modules.</summary>
    public int Count => modules.Count;

    /// <summary>Adds a module.</summary>
    /// <param name="name">Its name in Python, a single identifier: <c>host</c> for <c>import host</c>. Submodules are added by <see cref="PythonNativeModule.AddModule"/>.</param>
    /// <param name="build">
    /// Fills the module when it is first imported, with the GIL held, on the thread that imports it; also when it is reloaded. Where it throws, the import fails with
    /// that exception, and the next import calls it again.
    /// </param>
    /// <exception cref="ArgumentException">The name is no identifier, or was added before.</exception>
    /// <exception cref="InvalidOperationException">An interpreter was started with these modules already.</exception>
    public void Add(string name, Action<PythonNativeModule> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        _ = PythonName.Checked(name, "a module", nameof(name));
        if (isFrozen)
        {
            throw new InvalidOperationException($"The native module '{name}' comes too late: PythonInterpreter.Start has taken the modules over.");
        }

        if (modules.Exists(module => module.Name == name))
        {
            throw new ArgumentException($"There is a native module '{name}' already.", nameof(name));
        }

        modules.Add((name, build));
    }

    /// <summary>The names, in the order of <see cref="Add"/>.</summary>
    public IEnumerator<string> GetEnumerator() => modules.ConvertAll(module => module.Name).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The modules; none can be added any more.</summary>
    internal IReadOnlyList<(string Name, Action<PythonNativeModule> Build)> Freeze()
    {
        isFrozen = true;
        return modules;
    }
}
