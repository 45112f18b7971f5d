"""Child processes: commands that must succeed, and the CPythons there are."""

import dataclasses
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "src" / "PyEmbed" / "Python"
CHILDREN = pathlib.Path(__file__).resolve().parent / "children"
BENCHMARKS = ROOT / "artifacts" / "bin" / "PyEmbed.Benchmarks" / "release" / "PyEmbed.Benchmarks.dll"
LIMIT = 1800        # seconds that no command of a benchmark takes


@dataclasses.dataclass(frozen=True)
class Python:
    """A CPython: its program, and its version as 'X.Y.Z'."""

    program: str
    version: str

    @property
    def minor(self):
        """(3, Y)."""
        return tuple(map(int, self.version.split(".")[:2]))


def run(*command, cwd=None, input=None, **variables):
    """Run a command to its end and return its standard output; a failure ends the run with everything that the command said."""
    environment = dict(os.environ, MSBUILDDISABLENODEREUSE="1", DOTNET_CLI_USE_MSBUILD_SERVER="0", **variables)
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=environment, input=input, capture_output=True, text=True, timeout=LIMIT)
    if done.returncode:
        sys.exit("%s\nexit code %d\n%s%s" % (" ".join(map(str, command)), done.returncode, done.stdout, done.stderr))
    return done.stdout


def seconds(*command, cwd=None):
    """How long a command takes, by the wall clock."""
    begin = time.perf_counter()
    run(*command, cwd=cwd)
    return time.perf_counter() - begin


def child(python, script, *arguments, input=None, **variables):
    """What a script of ``children`` prints. Isolated and without site: disk must not pay for .pth files that memory never meets."""
    return run(python.program, "-I", "-S", CHILDREN / script, *arguments, input=input, **variables)


def measure(*arguments, **variables):
    """The milliseconds, or whatever else one measurement of PyEmbed.Benchmarks prints."""
    return float(run("dotnet", BENCHMARKS, *arguments, **variables))


def pythons():
    """Every CPython found, the default one first."""
    found = []
    for program in run("bash", ROOT / "build" / "pythons.sh").splitlines():
        found.append(Python(program, run(program, "-I", "-S", "-c", "import platform; print(platform.python_version())").strip()))
    if not found:
        sys.exit("no CPython from 3.9 on is found; build/provision.sh installs one")
    return found
