#!/usr/bin/env bash
# Runs CPython's own test suites, and real packages, against the importer. Writes artifacts/conformance.json and prints
# a table; last line: "N passed, N failed, N skipped".
#   build/conformance.sh                the suites of the default CPython (python3 on PATH)
#   build/conformance.sh --all          those of every CPython found (build/pythons.sh)
#   build/conformance.sh --packages     packages of the distribution, imported and used from an assembly: all that
#                                       tests/PyEmbed.Conformance/Packages/distributions.txt lists (--all says the same),
#                                       or with --dozen those that build/test.sh runs
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
usage() {
    echo "usage: build/conformance.sh [--all] | --packages [--all | --dozen]" >&2
    exit 2
}

if [ "${1:-}" = "--packages" ]; then
    shift
    case "$*" in "" | --all) set -- ;; --dozen) ;; *) usage ;; esac
    "$root/build/provision.sh" --tests || exit 1
    exec python3 tests/PyEmbed.Conformance/Packages/lane.py "$@"
fi
case "$*" in "" | --all) ;; *) usage ;; esac

# First, as it may install the default one.
"$root/build/provision.sh" --tests || exit 1
case "$*" in
    "") pythons=$("$root/build/pythons.sh" | head -n 1) ;;
    --all) pythons=$("$root/build/pythons.sh") ;;
esac
dotnet build tests/PyEmbed.TestHost/PyEmbed.TestHost.csproj --nologo -v quiet || exit 1
# One interpreter a line; their paths may hold spaces.
mapfile -t pythons <<<"$pythons"
exec python3 tests/PyEmbed.Conformance/run.py "${pythons[@]}"
