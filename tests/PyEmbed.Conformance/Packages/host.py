"""The two processes that are compared: Debian's CPython over a folder, and a .NET program that embeds that folder."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from xml.sax.saxutils import quoteattr

import debian

TIME_LIMIT = 120

PROGRAM = """\
using PyEmbed;

using var python = PythonInterpreter.Start(new PythonOptions { ExtractionDirectory = args[0] });
return python.RunModule("probe", args[1..]);
"""

PROJECT = """\
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <InvariantGlobalization>true</InvariantGlobalization>
    <NuGetAudit>false</NuGetAudit>
    <PyEmbedPython>{python}</PyEmbedPython>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="PyEmbed" Version="{version}" />
{items}
  </ItemGroup>
</Project>
"""

CONFIGURATION = """\
<configuration>
  <config><add key="globalPackagesFolder" value={packages} /></config>
  <packageSources>
    <clear />
    <add key="pyembed" value={feed} />
  </packageSources>
</configuration>
"""

DISK = "import sys, runpy; sys.path += {path!r}; runpy.run_module('probe', run_name='__main__', alter_sys=True)"

# The lane's own trees. The tests that uses/pytest.py runs must be files, as pytest lists their folder and opens them.
OWN_TREES = {"lane": ["probe.py", "uses", "controls"], "lane-data": ["lane_data"], "lane-tests": ["embedded_tests"]}
MATERIALIZE = {"lane-tests": "All"}

# In a mount namespace, where this is allowed: the .NET program sees an empty dist-packages, so that nothing can be read
# from there by accident; Debian's python sees one that it cannot write to, as packages do when root runs them.
HIDE = 'mount -t tmpfs tmpfs %s && exec "$@"' % debian.DIST_PACKAGES
KEEP = 'mount --bind {0} {0} && mount -o remount,bind,ro {0} && exec "$@"'.format(debian.DIST_PACKAGES)


class BuildError(Exception):
    """The program cannot be built; the message holds the build's words."""


class Outcome:
    """What a process did: exit code, output, and the probe's report."""

    def __init__(self, code, output, errors, report):
        self.code, self.output, self.errors, self.report = code, output, errors, report

    def why(self):
        """The last lines of what it said, for a report."""
        text = (self.report or {}).get("error") or self.errors or self.output or ""
        return " | ".join(line.strip() for line in text.strip().splitlines()[-3:])[-600:]


class Host:
    """The program, its folder, and the tree of links that both sides take their Python from."""

    def __init__(self, folder, library, distributions, scripts):
        self.folder = pathlib.Path(folder)
        self.library = library
        self.trees = self.folder / "trees"
        self._link(distributions, scripts)
        self.path = [str(self.trees / name) for name in sorted(os.listdir(self.trees))]
        self.hidden, self.kept = (self._where_allowed(["unshare", "--mount", "sh", "-c", script, "sh"]) for script in (HIDE, KEEP))

    @staticmethod
    def _where_allowed(command):
        usable = shutil.which("unshare") is not None and subprocess.run(command + ["true"], capture_output=True).returncode == 0
        return command if usable else []

    def _link(self, distributions, scripts):
        shutil.rmtree(self.trees, ignore_errors=True)
        for name, units in distributions.items():
            for unit in units:
                place = self.trees / name / unit
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(os.path.join(debian.DIST_PACKAGES, unit))
        for tree, names in OWN_TREES.items():
            for name in names:
                place = self.trees / tree / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(os.path.join(scripts, name))

    def build(self, package):
        """Build the program with the trees embedded, from the packed *package*. Raises BuildError."""
        version = package.stem[len("PyEmbed."):]
        digest = hashlib.sha256(package.read_bytes()).hexdigest()[:16]
        items = "\n".join('    <PythonPackage Include=%s Distribution="%s" Materialize="%s" />' % (
            quoteattr(path), name, MATERIALIZE.get(name, "Auto")) for path, name in zip(self.path, sorted(os.listdir(self.trees))))
        cache = self.folder / ("restored-" + digest)
        if not cache.exists():          # another build of the same version
            for old in self.folder.glob("restored-*"):
                shutil.rmtree(old)
            shutil.rmtree(self.folder / "obj", ignore_errors=True)
        self._write("Host.csproj", PROJECT.format(python=debian.PYTHON, version=version, items=items))
        self._write("Program.cs", PROGRAM)
        self._write("nuget.config", CONFIGURATION.format(packages=quoteattr(str(cache)), feed=quoteattr(str(package.parent))))
        for name in ("Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"):
            self._write(name, "<Project />\n")
        built = subprocess.run(["dotnet", "build", "--nologo", "-tl:off", "-v", "quiet", "-c", "Release", "-o", "bin"],
                               cwd=self.folder, capture_output=True, text=True)
        if built.returncode:
            raise BuildError("the host does not build:\n" + built.stdout + built.stderr)

    def _write(self, name, text):
        place = self.folder / name
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            place.write_text(text, encoding="utf-8")

    @property
    def assembly(self):
        """The built program."""
        return self.folder / "bin" / "Host.dll"

    def on_disk(self, kind, name):
        """Run the probe under Debian's python3, isolated, with the trees on sys.path."""
        command = [debian.PYTHON, "-I", "-S", "-B", "-X", "utf8", "-c", DISK.format(path=self.path)]
        return self._run(lambda scratch: self.kept + command, kind, name)

    def embedded(self, kind, name):
        """Run the probe in the .NET program, with an extraction directory of its own."""
        return self._run(lambda scratch: self.hidden + ["dotnet", str(self.assembly), os.path.join(scratch, "store")], kind, name)

    def _run(self, command, kind, name):
        with tempfile.TemporaryDirectory(prefix="pyembed-packages-") as scratch:
            home = os.path.join(scratch, "home")
            os.mkdir(home)
            report = os.path.join(scratch, "report.json")
            keep = {key: os.environ[key] for key in ("PATH", "DOTNET_ROOT") if key in os.environ}
            environment = {**keep, "HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", "TZ": "UTC", "PYEMBED_LIBRARY": self.library}
            try:
                done = subprocess.run(command(scratch) + [kind, name, report], cwd=home, env=environment, stdin=subprocess.DEVNULL,
                                      capture_output=True, timeout=TIME_LIMIT)
                code, output, errors = done.returncode, done.stdout, done.stderr
            except subprocess.TimeoutExpired as error:
                code, output, errors = None, error.stdout or b"", b"ended after %d seconds" % TIME_LIMIT
            found = None
            if os.path.exists(report):
                with open(report, encoding="utf-8") as file:
                    found = json.load(file)
                found["scratch"] = scratch
            return Outcome(code, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace"), found)
