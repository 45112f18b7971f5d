"""Builds of 3,000 modules: one with nothing to do, and a clean one, against the same project without PyEmbed."""

import shutil
import sys

from .. import processes, projects, rounds

ROWS = ("noop-build-vs-plain", "clean-build-3000")


def measure(run):
    places = {}
    for name, items in (("plain", ""), ("embedding", projects.sources(run))):
        places[name] = run.folder(name)
        projects.tiny(3_000)(places[name] / "py")
        (places[name] / "Program.cs").write_text("System.Console.WriteLine();\n")
        projects.write(places[name], "<TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>", '<Compile Include="Program.cs" />' + items)
        processes.run("dotnet", "build", "--nologo", "-v", "quiet", cwd=places[name])

    def build(name):
        return processes.seconds("dotnet", "build", "--no-restore", "--nologo", "-v", "quiet", cwd=places[name])

    def clean(name):
        # Not Rebuild: a clean build finds no cache and none of the last build's files.
        for left in (places[name] / "obj" / "Debug", places[name] / "obj" / "pyembed", places[name] / "bin"):
            shutil.rmtree(left, ignore_errors=True)
        return build(name)

    version = run.default.version
    if run.wants("noop-build-vs-plain"):
        figures = rounds.interleave({name: lambda name=name: build(name) for name in places}, run.some(4 if run.quick else 11))
        yield "noop-build-vs-plain", version, {**rounds.ratio(figures, "embedding", "plain"), "details": rounds.summary(figures, "s", 3)}
    if run.wants("clean-build-3000"):
        figures = rounds.interleave({
            **{name: lambda name=name: clean(name) for name in places},
            "compileall": lambda: processes.seconds(sys.executable, "-m", "compileall", "-q", "-f", places["plain"] / "py"),
        }, run.some(2 if run.quick else 7), warm=0)
        yield "clean-build-3000", version, {**rounds.difference(figures, "embedding", ("plain", "compileall"), "s"), "details": rounds.summary(figures, "s", 3)}
