#!/usr/bin/env bash
# Prints the interpreter of every CPython from 3.9 on that is found, a line each, the default (python3 on PATH) first:
# interpreters named in PYEMBED_TEST_PYTHONS (separated by ':'), every python3 and python3.9 to python3.14 on PATH, and
# those that pyenv keeps. A virtual environment and a link count as the interpreter that they lead to.
set -uo pipefail
{
    command -v python3
    tr ':' '\n' <<<"${PYEMBED_TEST_PYTHONS:-}"
    type -aP python3 python3.9 python3.10 python3.11 python3.12 python3.13 python3.14
    if [ -n "${PYENV_ROOT:-}" ]; then ls "$PYENV_ROOT"/versions/3.*/bin/python3; fi
} 2>/dev/null | awk 'NF && !seen[$0]++' | while read -r python; do
    "$python" -I -S - 2>/dev/null <<'PY'
import os, sys
if sys.version_info >= (3, 9) and sys.implementation.name == "cpython":
    print(os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable))
PY
done | awk '!seen[$0]++'
exit 0
