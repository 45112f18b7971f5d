#!/usr/bin/env bash
# Prints the shared library of every CPython found but the default one, a line each: interpreters named in
# PYEMBED_TEST_PYTHONS (separated by ':'), python3.9 to python3.14 on PATH, and those that pyenv keeps.
set -uo pipefail
{
    tr ':' '\n' <<<"${PYEMBED_TEST_PYTHONS:-}"
    for minor in 9 10 11 12 13 14; do command -v "python3.$minor"; done
    if [ -n "${PYENV_ROOT:-}" ]; then ls "$PYENV_ROOT"/versions/3.*/bin/python3; fi
} 2>/dev/null | while read -r python; do
    [ -n "$python" ] || continue
    "$python" -I -S - 2>/dev/null <<'PY'
import os, sys, sysconfig
get = sysconfig.get_config_var
for folder in (get("LIBDIR") or "", os.path.join(get("LIBDIR") or "", get("MULTIARCH") or "")):
    path = os.path.join(folder, get("INSTSONAME") or "")
    if sys.version_info >= (3, 9) and ".so" in path and os.path.exists(path):
        print(os.path.realpath(path))
        break
PY
done | sort -u | grep -vxF "$(python3 -I -S -c '
import os, sysconfig
print(os.path.realpath(os.path.join(sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME"))))')"
exit 0
