using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace PyEmbed.Tests.Capabilities;

/// <summary>The checks that granted.py runs: what is granted works, and so does what nobody needs leave for. A process for each set of grants.</summary>
[TestClass]
public sealed class GrantTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Capabilities");
    private static readonly string Program = Path.Combine(Folder, "granted.py");

    private static readonly Dictionary<string, Lazy<IReadOnlyDictionary<string, (string Word, string What)>>> Runs =
        Checks().Select(check => (string)check[0]).Distinct().ToDictionary(
            mode => mode, mode => new Lazy<IReadOnlyDictionary<string, (string Word, string What)>>(() => Run(mode)), StringComparer.Ordinal);

    public static IEnumerable<object[]> Checks() =>
        Directory.GetFiles(Path.Combine(Folder, "checks"), "*.py").Order(StringComparer.Ordinal)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"^@check\('(\w+)'\)\r?\ndef (\w+)\(", RegexOptions.Multiline)).Select(match => new object[] { match.Groups[1].Value, match.Groups[2].Value });

    [TestMethod]
    [DynamicData(nameof(Checks))]
    public void Works(string mode, string check)
    {
        (string word, string what) = Runs[mode].Value[check];
        Assert.AreEqual("ok", word, what.Replace(" | ", "\n", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Code_cache_is_read_and_not_written()
    {
        using TemporaryFolder folder = new();
        string cache = Path.Combine(folder.Path, "codes");
        Assert.AreEqual("1 6", Import("-").Output, "compiled, and kept");
        File.WriteAllText(Path.Combine(folder.Path, "listing"), Listing());
        Assert.AreEqual("0 6", Import("").Output, "read from the cache");
        Assert.AreEqual(File.ReadAllText(Path.Combine(folder.Path, "listing")), Listing());
        Directory.Delete(cache, recursive: true);
        Assert.AreEqual("1 6", Import("").Output, "compiled, and not kept");
        Assert.IsFalse(Directory.Exists(cache));

        string Listing() => string.Join('\n', Directory.GetFiles(cache, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file} {new FileInfo(file).Length}"));

        TestHostProcess Import(string grants)
        {
            TestHostProcess run = TestHostProcess.Run("capabilities-code-cache", grants, cache);
            Assert.AreEqual(0, run.ExitCode, run.ToString());
            return run;
        }
    }

    [TestMethod]
    [DataRow("read=relative", "absolute")]
    [DataRow("network=example.com", "host and port")]
    [DataRow("network=::1:80", "host and port")]
    [DataRow("network=*.example.com:80", "host and port")]
    [DataRow("network=example.com:99999", "host and port")]
    public void Grants_that_mean_nothing_are_refused(string grants, string words)
    {
        TestHostProcess run = TestHostProcess.Run("capabilities-code-cache", grants, "");
        Assert.AreNotEqual(0, run.ExitCode);
        StringAssert.Contains(run.Error, "ArgumentException", StringComparison.Ordinal);
        StringAssert.Contains(run.Error, words, StringComparison.Ordinal);
    }

    [TestMethod]
    public void Too_few_descriptors_are_refused()
    {
        TestHostProcess run = TestHostProcess.RunProgram(
            new Dictionary<string, string?>(), "/bin/sh", "-c", "ulimit -n 1500 && exec \"$0\" \"$@\"", TestHostProcess.Executable, "capabilities-code-cache", "", "");
        Assert.AreNotEqual(0, run.ExitCode);
        StringAssert.Contains(run.Error, "InvalidOperationException", StringComparison.Ordinal);
        StringAssert.Contains(run.Error, "this process may have 1500", StringComparison.Ordinal);
    }

    private static Dictionary<string, (string Word, string What)> Run(string mode)
    {
        using CapabilityFolder folder = new();
        (string root, string granted) = (folder.Root, folder.Granted);
        string single = Path.Combine(root, "single", "one.txt"), drop = Path.Combine(root, "drop");
        Directory.CreateDirectory(Path.GetDirectoryName(single)!);
        Directory.CreateDirectory(drop);
        File.WriteAllText(single, "1");
        File.WriteAllText(single + ".other", "2");
        Directory.CreateDirectory(Path.Combine(granted, "modules"));
        File.WriteAllText(Path.Combine(granted, "modules", "granted_module.py"), "VALUE = 4\n");
        File.CreateSymbolicLink(Path.Combine(root, "linked"), granted);
        if (mode == "tls")
        {
            WriteCertificate(Path.Combine(granted, "server.pem"));
        }

        string grants = mode switch
        {
            "files" => $"read={granted}/,{single};write={root}/linked,{drop}",
            "name" => "network=localhost:PORT",
            "address" => "network=127.0.0.1:PORT",
            "tls" => $"read={granted};network=127.0.0.1:*",
            "full" => "",
            "listen" => "network=127.0.0.1:*,[::1]:*",
            "everything" => "read=/;write=/",
            "programs" => "read=/;write=/;network=*:*;processes;environment",
            _ => mode,
        };
        TestHostProcess run = TestHostProcess.Run(new Dictionary<string, string?> { ["PYEMBED_TEST_SECRET"] = "x" }, "capabilities", grants, Program, root, mode);
        Assert.AreEqual(0, run.ExitCode, run.ToString());
        Assert.AreEqual("", run.Error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t', 3))
            .ToDictionary(parts => parts[0], parts => (parts[1], parts[2]), StringComparer.Ordinal);
    }

    /// <summary>A certificate of this machine's address that vouches for itself, and its key.</summary>
    private static void WriteCertificate(string path)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }
}
