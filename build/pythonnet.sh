#!/usr/bin/env bash
# Looks for pythonnet, which the optional bridge is built with: restores each version below from the feed that
# PYEMBED_PACKAGE_FEED names (a folder or an address), if it names one, and from the public feed. What it finds it keeps in
# artifacts/pythonnet, a feed of its own, so that the one it came from may vanish, and newest and oldest are recorded in pythonnet.props
# there, which Directory.Build.props imports. Without any the bridge is left out of the builds; that is no failure.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
versions=(3.2.1 3.1.0)
found=$root/artifacts/pythonnet
feed=${PYEMBED_PACKAGE_FEED:-}
if [ -d "$feed" ]; then feed=$(cd "$feed" && pwd); fi

newest_found() {
    local version
    for version in "${versions[@]}"; do
        if [ -s "$found/pythonnet.$version.nupkg" ]; then echo "$version"; return; fi
    done
}

oldest_found() {
    local version oldest=
    for version in "${versions[@]}"; do
        if [ -s "$found/pythonnet.$version.nupkg" ]; then oldest=$version; fi
    done
    echo "$oldest"
}

recorded() { sed -n 's:.*<PyEmbedPythonNet [^>]*>\(.*\)</PyEmbedPythonNet>.*:\1:p' "$found/pythonnet.props" 2>/dev/null || true; }

# What was found stays found, until another feed is named. What was not found a moment ago is not there now (scripts call one another).
tried=$found/tried
if [ -f "$tried" ] && [ "$(cat "$tried")" = "$feed" ]; then
    if [ "$(recorded)" = "${versions[0]}" ] && [ "$(newest_found)" = "${versions[0]}" ]; then exit 0; fi
    if [ -n "$(find "$tried" -mmin -10)" ]; then exit 0; fi
fi
if ! command -v dotnet >/dev/null; then
    echo "No dotnet on PATH: the bridge to pythonnet is left out." >&2
    exit 0
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# A project that stands alone: nothing of the repository, and of no folder above, is imported.
for file in Build.props Build.targets Packages.props; do echo '<Project />' >"$scratch/Directory.$file"; done

restore() { # version, additional source; what is wrong with it then stands in $why
    cat >"$scratch/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net8.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>
  <ItemGroup><PackageReference Include="pythonnet" Version="[$1]" GeneratePathProperty="true" /></ItemGroup>
</Project>
XML
    # The source goes by the environment, where no character of a path means anything.
    local status=0
    RestoreAdditionalProjectSources=$2 NUGET_ENHANCED_MAX_NETWORK_TRY_COUNT=1 \
        timeout 60 dotnet restore "$scratch/probe.csproj" --nologo -v quiet --configfile "$root/nuget.config" >"$scratch/restore.txt" 2>&1 || status=$?
    if [ $status -eq 124 ]; then why="no answer within a minute"; return $status; fi
    if [ $status -ne 0 ]; then why=$(grep -m 1 -o 'error .*' "$scratch/restore.txt" || head -n 1 "$scratch/restore.txt"); return $status; fi
    local package
    package=$(dotnet msbuild "$scratch/probe.csproj" -nologo -getProperty:Pkgpythonnet)/pythonnet.$1.nupkg
    if [ ! -s "$package" ]; then why="it was restored without a package file, $package"; return 1; fi
    mkdir -p "$found"
    # Moved into place whole: another build may be reading.
    cp "$package" "$found/.$$.part" && mv -f "$found/.$$.part" "$found/pythonnet.$1.nupkg"
}

why=
for version in "${versions[@]}"; do
    if [ -s "$found/pythonnet.$version.nupkg" ]; then continue; fi
    if [ -n "$feed" ]; then
        if restore "$version" "$feed"; then continue; fi
        echo "pythonnet $version does not restore with the feed of PYEMBED_PACKAGE_FEED, '$feed': $why" >&2
    fi
    status=0
    restore "$version" "" || status=$?
    # Who does not answer is not asked again.
    if [ $status -eq 124 ]; then break; fi
done

mkdir -p "$found"
printf '%s\n' "$feed" >"$tried"
version=$(newest_found)
if [ -z "$version" ]; then
    rm -f "$found/pythonnet.props"
    echo "pythonnet ${versions[*]} was not found: the bridge to it is left out, and its tests are skipped. PYEMBED_PACKAGE_FEED may name another feed. ($why)" >&2
    exit 0
fi
cat >"$scratch/pythonnet.props" <<XML
<Project>
  <!-- Written by build/pythonnet.sh: the pythonnet that restores on this machine. -->
  <PropertyGroup Condition="Exists('\$(MSBuildThisFileDirectory)pythonnet.$version.nupkg')">
    <PyEmbedPythonNet Condition="'\$(PyEmbedPythonNet)' == ''">$version</PyEmbedPythonNet>
    <PyEmbedPythonNetOldest Condition="'\$(PyEmbedPythonNetOldest)' == ''">$(oldest_found)</PyEmbedPythonNetOldest>
    <RestoreAdditionalProjectSources>\$(RestoreAdditionalProjectSources);\$(MSBuildThisFileDirectory)</RestoreAdditionalProjectSources>
  </PropertyGroup>
</Project>
XML
# A file that changed makes every project out of date.
if ! cmp -s "$scratch/pythonnet.props" "$found/pythonnet.props"; then
    # The scratch folder may be on another file system, from where nothing moves whole.
    cp "$scratch/pythonnet.props" "$found/.$$.part" && mv -f "$found/.$$.part" "$found/pythonnet.props"
    echo "pythonnet $version was found: the bridge to it is built."
fi
