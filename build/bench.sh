#!/usr/bin/env bash
# Measures what PyEmbed promises; prints a table and writes artifacts/bench.json. On a quiet machine.
#   build/bench.sh                  everything: about 40 minutes
#   build/bench.sh --quick          budgets and a few more, in less than five minutes
#   build/bench.sh --only NAME...   rows or workloads by name; --help has the rest
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
build/provision.sh
export PYTHONPATH=$root/tests/PyEmbed.Benchmarks
suite=("$(python3 -c 'import sys; print(sys.executable)')" -m suite)
case " $* " in
    *" --help "* | *" -h "* | *" --page "* | *" --pin "*) exec "${suite[@]}" "$@" ;;
esac
for project in PyEmbed.Benchmarks PyEmbed.PythonNet.Benchmarks; do
    dotnet build "tests/$project/$project.csproj" -c Release --nologo -v quiet
done
for project in PyEmbed PyEmbed.PythonNet; do
    dotnet pack "src/$project/$project.csproj" -c Release --nologo -v quiet -o artifacts/packages
done
exec "${suite[@]}" --feed "$root/artifacts/packages" "$@"
