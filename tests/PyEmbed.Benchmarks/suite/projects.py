"""Projects that use the packed PyEmbed, as applications do."""

from . import generated, processes


def sources(run):
    """Write what says where packages come from, for every project of this run; returns the items that embed a folder ``py``."""
    config = run.work / "nuget.config"
    if not config.exists():
        config.write_text(
            '<configuration><config><add key="globalPackagesFolder" value="%s" /></config><packageSources><clear />'
            '<add key="pyembed" value="%s" /><add key="nuget.org" value="https://api.nuget.org/v3/index.json" />'
            "</packageSources></configuration>" % (run.work / "packages", run.nupkg.parent.resolve()))
    return '<PackageReference Include="PyEmbed" Version="%s" /><PythonPackage Include="py" />' % run.nupkg.stem[len("PyEmbed."):]


def write(folder, properties, items):
    """Write a project, named after its folder, that compiles C# of its own only."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / (folder.name + ".csproj")).write_text(
        '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><NuGetAudit>false</NuGetAudit><EnableDefaultItems>false</EnableDefaultItems>'
        "%s</PropertyGroup><ItemGroup>%s</ItemGroup></Project>" % (properties, items))


def modules(run):
    """A class library that embeds 3,000 generated modules, which ``modules.txt`` beside it lists. Built once a run."""
    folder = run.work / "libraries" / "modules"
    assembly = folder / "out" / "modules.dll"
    if not assembly.exists():
        library(run, folder, lambda place: generated.write(place, 3_000))
        assembly.with_name("modules.txt").write_text("".join(generated.name_of(number) + "\n" for number in range(3_000)))
    return assembly


def library(run, folder, fill):
    """Build a class library, named after its folder, that embeds what *fill* writes into another; returns the assembly."""
    write(folder, "<TargetFramework>net8.0</TargetFramework>", sources(run))
    fill(folder / "py")
    processes.run("dotnet", "build", "--nologo", "-v", "quiet", "-o", folder / "out", cwd=folder)
    return folder / "out" / (folder.name + ".dll")


def tiny(count, per_package=100):
    """A function that writes packages with *count* modules of one line."""
    def fill(folder):
        for number in range(count):
            package = folder / ("pkg%03d" % (number // per_package))
            if not package.is_dir():
                package.mkdir(parents=True)
                (package / "__init__.py").write_text("")
            (package / ("mod%05d.py" % number)).write_text("VALUE = %d\n" % number)
    return fill
