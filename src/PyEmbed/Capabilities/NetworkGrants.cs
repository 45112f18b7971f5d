using System.Globalization;
using System.Net;

namespace PyEmbed.Capabilities;

/// <summary>Which hosts and ports may be reached. Names are compared, not looked up; what Python looks up for a granted name is remembered as that name's.</summary>
internal sealed class NetworkGrants
{
    private const string Any = "*";

    private readonly (string Host, int Port)[] grants; // Port -1: any. Guarded by the GIL, as is the next.
    private readonly Dictionary<string, HashSet<string>> namesOf = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A grant is not <c>host:port</c>.</exception>
    public NetworkGrants(IReadOnlyList<string> texts) => grants = [.. texts.Select(Parse)];

    /// <summary>Whether nothing is granted.</summary>
    public bool AreNone => grants.Length == 0;

    /// <summary>Whether a host and port, as given to the system, may be reached.</summary>
    public bool Allows(string host, int port)
    {
        string plain = Normalize(host);
        foreach ((string granted, int grantedPort) in grants)
        {
            if ((grantedPort < 0 || grantedPort == port)
                && (granted == Any || granted == plain || (namesOf.TryGetValue(plain, out HashSet<string>? names) && names.Contains(granted))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a name may be looked up: it is one of those granted, or, where any is, an address. Even for that, the system reads its files of hosts and services.</summary>
    public bool AllowsLookup(string host)
    {
        string plain = Normalize(host);
        return (IsAddress(plain) && !AreNone) || Array.Exists(grants, grant => grant.Host == Any || grant.Host == plain);
    }

    /// <summary>Remembers what a look-up of a granted name has found.</summary>
    public void Remember(string host, string address)
    {
        string plain = Normalize(address);
        if (IsAddress(plain))
        {
            if (!namesOf.TryGetValue(plain, out HashSet<string>? names))
            {
                namesOf[plain] = names = new HashSet<string>(StringComparer.Ordinal);
            }

            names.Add(Normalize(host));
        }
    }

    private static bool IsAddress(string plain) => IPAddress.TryParse(plain, out IPAddress? address) && address.ToString() == plain;

    // An address in its one canonical form; what the system would take for an address and we do not (127.1, 0x7f.1) stays a name, which nobody has granted.
    private static string Normalize(string host)
    {
        string plain = host.ToLowerInvariant();
        if (plain.Length == 0)
        {
            return "0.0.0.0"; // How Python spells any address of this machine.
        }

        if (plain.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(plain, out IPAddress? address))
        {
            return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        }

        return plain.EndsWith('.') ? plain[..^1] : plain;
    }

    private static (string Host, int Port) Parse(string text)
    {
        int colon = text?.LastIndexOf(':') ?? -1;
        string host = colon > 0 ? text![..colon] : "", port = colon > 0 ? text![(colon + 1)..] : "";
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (isBracketed)
        {
            host = host[1..^1];
        }

        int number = -1;
        bool isSound = host.Length > 0 && host.All(character => character is > ' ' and < '\x7f')
            && (host.Contains(':', StringComparison.Ordinal) ? isBracketed && IPAddress.TryParse(host, out _) : !isBracketed)
            && (host == Any || !host.Contains('*', StringComparison.Ordinal))
            && (port == Any || (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 0 and <= 65535));
        return isSound
            ? (host == Any ? Any : Normalize(host), number)
            : throw new ArgumentException(
                $"PythonCapabilities.Network '{text}' is no host and port: write 'example.com:443', '127.0.0.1:8080', '[::1]:8080' or '*:443'; '*' as port is any; names in ASCII (xn--…).");
    }
}
