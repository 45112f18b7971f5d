#!/usr/bin/env bash
# Sets up, builds, packs and tests. Last line: "N passed, N failed, N skipped", the sums over all test projects, CPython's own
# suites (tests/PyEmbed.Conformance, where known failures count as skipped) and a dozen of the packages.
#   build/test.sh          the default CPython
#   build/test.sh --all    also every other CPython found, the soaks, and the bridge on the older pythonnet
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
all=
case "${1:-}" in
    "") ;;
    --all) all=1 ;;
    *) echo "usage: build/test.sh [--all]" >&2; exit 2 ;;
esac

none_ran() {
    echo "0 passed, 0 failed, 0 skipped"
    exit 1
}

"$root/build/provision.sh" --tests || none_ran

results=$root/artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
[ -n "$all" ] && export PYEMBED_TEST_ALL=1

# Hundreds of short processes of .NET follow: none lives long enough to gain by its profile, which costs 7 % of their time.
export DOTNET_TieredPGO=0

# -warnaserror is in the projects; a warning fails the build here as it does on a developer's machine.
dotnet build PyEmbed.sln --nologo -v quiet || none_ran
for project in PyEmbed PyEmbed.PythonNet PyEmbed.AspNetCore PyEmbed.Tool; do
    dotnet pack "src/$project/$project.csproj" --nologo -v quiet -c Release -o "$root/artifacts/packages" || none_ran
done

# Tests wait for processes as often as they compute: one project more at a time than there are processors.
status=0
dotnet test PyEmbed.sln --no-build "-m:$(($(getconf _NPROCESSORS_ONLN) + 1))" --nologo -v quiet --logger trx --results-directory "$results" || status=1

if [ -n "$all" ]; then
    # One CPython a process: the runtime's tests run once more for each other interpreter.
    for library in $("$root/build/libpythons.sh"); do
        echo "== PyEmbed.Tests under $library"
        PYEMBED_LIBRARY=$library dotnet test tests/PyEmbed.Tests/PyEmbed.Tests.csproj --no-build --nologo -v quiet \
            --logger trx --results-directory "$results/$(basename "$library")" || status=1
    done
    build/pythonnet-tests.sh "$results" || status=1
fi

# Each prints what failed, and "N passed, N failed, N skipped" as its last line.
sums=$results/sums.txt
: >"$sums"
sum_up() {
    echo "== $*"
    "$@" | tee "$results/output.txt"
    [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
    tail -n 1 "$results/output.txt" >>"$sums"
}
sum_up build/conformance.sh ${all:+--all}
sum_up build/conformance.sh --packages --dozen

python3 -I -S - "$results" "$sums" <<'PY' || status=1
import pathlib, re, sys
from xml.etree import ElementTree

SCHEMA = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"
passed = failed = skipped = 0
for report in pathlib.Path(sys.argv[1]).rglob("*.trx"):
    counters = next(ElementTree.parse(report).iter(SCHEMA + "Counters"))
    ran_well = int(counters.get("passed"))
    ran = int(counters.get("executed"))
    passed += ran_well
    failed += ran - ran_well
    skipped += int(counters.get("total")) - ran
    for result in ElementTree.parse(report).iter(SCHEMA + "UnitTestResult"):
        if result.get("outcome") != "Passed":
            print("%s: %s" % (result.get("outcome"), result.get("testName")))
for line in pathlib.Path(sys.argv[2]).read_text().splitlines():
    counts = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", line)
    if counts is None:
        print("Failed: a run outside of dotnet test ended with %r instead of its counts" % line)
        failed += 1
    else:
        passed, failed, skipped = (sum(pair) for pair in zip((passed, failed, skipped), map(int, counts.groups())))
print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
sys.exit(1 if failed or not passed else 0)
PY
exit $status
