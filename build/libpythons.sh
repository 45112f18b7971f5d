#!/usr/bin/env bash
# Prints the shared library of every CPython that build/pythons.sh finds but the default one's, a line each.
set -uo pipefail
build=$(dirname "${BASH_SOURCE[0]}")
"$build/pythons.sh" | while read -r python; do
    "$python" -I -S - <<'PY'
import os, sysconfig
get = sysconfig.get_config_var
for folder in (get("LIBDIR") or "", os.path.join(get("LIBDIR") or "", get("MULTIARCH") or "")):
    path = os.path.join(folder, get("INSTSONAME") or "")
    if ".so" in path and os.path.exists(path):
        print(os.path.realpath(path))
        break
else:
    print()
PY
done | awk 'NR == 1 { default_library = $0; next } NF && $0 != default_library && !seen[$0]++'
exit 0
