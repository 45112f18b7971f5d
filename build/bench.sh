#!/usr/bin/env bash
# Measures the budgets; prints a table and writes artifacts/bench.json. Quiet machine, a few minutes.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
build/provision.sh
dotnet build tests/PyEmbed.Benchmarks/PyEmbed.Benchmarks.csproj -c Release --nologo -v quiet
dotnet pack src/PyEmbed/PyEmbed.csproj -c Release --nologo -v quiet -o artifacts/packages
python=$(python3 -c 'import sys; print(sys.executable)')
exec "$python" tests/PyEmbed.Benchmarks/bench.py --feed "$root/artifacts/packages" "$@"
