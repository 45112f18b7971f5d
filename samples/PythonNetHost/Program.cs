// A shop in C# whose discounts are a Python package inside this assembly: pythonnet code, plus the line that starts the bridge.
using PyEmbed.PythonNet;
using Python.Runtime;
using PythonNetHost;

using var bridge = PythonNetBridge.Start();

var orders = new List<Order>
{
    new("Ada", new DateTime(2026, 8, 15), 10_000),
    new("Grace", new DateTime(2026, 8, 17), 60_000),
    new("Ada", new DateTime(2026, 8, 18), 4_000),
};

using (Py.GIL())
{
    // The rules see .NET objects, change them, and call back into this program.
    dynamic engine = Py.Import("pricing.engine");
    dynamic summary = engine.price(orders, new Action<Order, string>((order, rule) =>
        Console.WriteLine($"{order.Customer}, {order.Placed:ddd}: {rule} takes off {order.Discount / 100m:0.00}")));
    Console.WriteLine($"to pay: {(long)summary["to_pay"] / 100m:0.00}");

    // The same object in PyEmbed's API, which knows .NET's collections.
    using var uses = ((PyObject)summary["uses"]).ToPythonObject();
    foreach (var (rule, count) in uses.As<Dictionary<string, int>>())
    {
        Console.WriteLine($"{rule}: {count}");
    }
}
