#!/usr/bin/env bash
# Measures the budgets; prints a table and writes artifacts/bench.json. Quiet machine, a few minutes.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
build/provision.sh
for project in PyEmbed.Benchmarks PyEmbed.PythonNet.Benchmarks; do
    dotnet build "tests/$project/$project.csproj" -c Release --nologo -v quiet
done
for project in PyEmbed PyEmbed.PythonNet; do
    dotnet pack "src/$project/$project.csproj" -c Release --nologo -v quiet -o artifacts/packages
done
python=$(python3 -c 'import sys; print(sys.executable)')
exec "$python" tests/PyEmbed.Benchmarks/bench.py --feed "$root/artifacts/packages" "$@"
