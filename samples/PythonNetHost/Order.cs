namespace PythonNetHost;

/// <summary>An order as the shop has it; the embedded rules read its properties.</summary>
/// <param name="Customer">Who ordered.</param>
/// <param name="Placed">When.</param>
/// <param name="Cents">What the goods cost.</param>
public sealed record Order(string Customer, DateTime Placed, long Cents)
{
    /// <summary>What the rules take off, in cents.</summary>
    public long Discount { get; set; }
}
