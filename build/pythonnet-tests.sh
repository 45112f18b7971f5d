#!/usr/bin/env bash
# Tests the bridge with each pythonnet that build/pythonnet.sh found, under every CPython found that it supports, but for what
# "dotnet test" of the solution does: the default CPython with the newest pythonnet.
#   build/pythonnet-tests.sh FOLDER    where the reports go
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
results=${1:?the folder for the reports}
project=tests/PyEmbed.PythonNet.Tests/PyEmbed.PythonNet.Tests.csproj
newest=$(dotnet msbuild $project -nologo -getProperty:PyEmbedPythonNet)

run() { # pythonnet's version, CPython's library or nothing for the default one, arguments for the build
    echo "== PyEmbed.PythonNet.Tests with pythonnet $1 under ${2:-the default CPython}"
    env ${2:+"PYEMBED_LIBRARY=$2"} dotnet test $project --no-build --nologo -v quiet "${@:3}" \
        --logger trx --results-directory "$results/pythonnet-$1-$(basename "${2:-default}")" </dev/null
}

status=0
for package in artifacts/pythonnet/pythonnet.*.nupkg; do
    [ -e "$package" ] || break
    version=$(basename "$package" .nupkg)
    version=${version#pythonnet.}
    # Another version is built into a folder of its own. The bridge is compiled against the oldest in each.
    build=()
    [ "$version" = "$newest" ] || build=(-p:PyEmbedPythonNet="$version" -p:ArtifactsPath="$root/artifacts/with-pythonnet-$version")
    dotnet build $project --nologo -v quiet "${build[@]}" || { status=1; continue; }
    [ "$version" = "$newest" ] || run "$version" "" "${build[@]}" || status=1

    case $version in 3.1.*) oldest_minor=10 ;; *) oldest_minor=11 ;; esac
    while read -r library; do
        minor=$(sed -n 's/.*python3\.\([0-9]*\).*/\1/p' <<<"$(basename "$library")")
        if [ "${minor:-0}" -ge $oldest_minor ]; then run "$version" "$library" "${build[@]}" || status=1; fi
    done < <(build/libpythons.sh)
done
exit $status
