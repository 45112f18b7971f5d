namespace PyEmbed.Interop;

/// <summary>An acquisition of the GIL.</summary>
/// <inheritdoc cref="Gil.Acquire" path="/exception"/>
internal sealed class GilHold : GilScope
{
    private bool releases;

    protected override void Begin() => releases = Gil.Take();

    protected override void End()
    {
        if (releases)
        {
            Gil.Release();
        }
    }
}
