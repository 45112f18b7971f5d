using System.Text.Json;
using System.Text.Json.Serialization;

namespace ScriptHost;

/// <summary>What <c>POST /run</c> takes.</summary>
/// <param name="Source">The script. Its result is what its global variable <c>result</c> is in the end.</param>
/// <param name="Variables">Global variables to begin with.</param>
/// <param name="Input">What <c>sys.stdin</c> gives.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PostedScript(string? Source, Dictionary<string, JsonElement>? Variables, string? Input);
