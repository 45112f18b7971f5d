#!/usr/bin/env bash
# Installs what the machine lacks: a CPython with a shared library (run.sh needs no more), and with --tests
# CPython's own test suites and the distributions that the tests and samples embed. Debian and its relatives;
# elsewhere it says what is missing. Looks for pythonnet, too, which the optional bridge is built with.
set -euo pipefail
build=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usable_python() {
    # Succeeds where a python3 on PATH is 3.9 or newer and has its shared library beside it.
    command -v python3 >/dev/null || return 1
    python3 -I -S - <<'PY'
import os, sys, sysconfig
get = sysconfig.get_config_var
folders = [get("LIBDIR") or "", os.path.join(sys.base_prefix, "lib"), os.path.join(get("LIBDIR") or "", get("MULTIARCH") or "")]
names = [get("INSTSONAME") or "", get("LDLIBRARY") or ""]
found = any(name and ".so" in name or name.endswith(".dylib") for name in names) and any(
    name and os.path.exists(os.path.join(folder, name)) for folder in folders for name in names)
sys.exit(0 if sys.version_info >= (3, 9) and found else 1)
PY
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

updated=
install() {
    if ! command -v apt-get >/dev/null; then
        echo "Missing: $*. Install them with this system's package manager." >&2
        return 1
    fi
    if [ -z "$updated" ]; then as_root apt-get -qq update; updated=1; fi
    DEBIAN_FRONTEND=noninteractive as_root apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}

if ! usable_python; then
    echo "No CPython with a shared library found: installing python3."
    install python3 python3-venv
    version=$(python3 -I -S -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    install "libpython$version"
    usable_python || { echo "python3 on PATH ($(command -v python3)) is older than 3.9 or has no shared library. Put another one first on PATH, or set PYEMBED_LIBRARY." >&2; exit 1; }
fi

has_suites() { python3 -I -S -c 'import test.test_importlib' 2>/dev/null; }

if [ "${1:-}" = "--tests" ] && ! has_suites; then
    suites=$(python3 -I -S -c 'import sys; print("libpython%d.%d-testsuite" % sys.version_info[:2])')
    echo "Installing $suites, CPython's own tests."
    # Another CPython than the distribution's keeps its tests elsewhere.
    { install "$suites" && has_suites; } || echo "$(command -v python3) has no test suites of its own (the package test.test_importlib): build/conformance.sh skips them." >&2
fi

if [ "${1:-}" = "--tests" ] && [ ! -d /usr/lib/python3/dist-packages/sympy ] && command -v apt-get >/dev/null; then
    echo "Installing sympy, which samples/RealApp embeds."
    install python3-sympy || echo "sympy could not be installed: samples/RealApp is left out." >&2
fi

# Dask's packages are those of the distribution's own Python.
if [ "${1:-}" = "--tests" ] && [ ! -d /usr/lib/python3/dist-packages/distributed ] && command -v apt-get >/dev/null; then
    echo "Installing Dask, whose scheduler and workers the tests of pyembed.distributed start."
    install python3-distributed || echo "Dask could not be installed: the tests of clusters are skipped." >&2
fi

if [ "${1:-}" = "--tests" ] && ! { command -v chromium && command -v chromedriver; } >/dev/null && command -v apt-get >/dev/null; then
    echo "Installing Chromium and its driver, in which a test tries the page of samples/ScriptHost."
    install chromium chromium-driver || echo "Chromium could not be installed: the test in a browser is skipped." >&2
fi

"$build/pythonnet.sh"
