"""Where real packages come from: wheels of PYEMBED_WHEELHOUSE, or else what a CPython of the same version has installed."""

import json
import os
import shutil
import subprocess

from . import processes

# Runs in an interpreter that may have it: prints what a script makes it import, as [folder, entries of it that are in use].
FIND = r"""
import json, os, sys
before = set(sys.modules)
try:
    exec(sys.argv[2], {})
except ImportError:
    sys.exit(3)
base = os.path.dirname(os.path.dirname(os.path.realpath(sys.modules[sys.argv[1]].__file__)))
tops = set()
for name in set(sys.modules) - before:
    file = getattr(sys.modules[name], '__file__', None)
    if file and os.path.realpath(file).startswith(base + os.sep):
        tops.add(os.path.relpath(os.path.realpath(file), base).split(os.sep)[0])
print(json.dumps([base, sorted(tops)]))
"""


def install(run, python, package, script, place):
    """Put *package*, with what it requires, into the folder *place*; returns why it cannot be, or an empty text."""
    if run.wheelhouse and from_wheels(run.wheelhouse, python, package, place):
        return ""
    for other in run.pythons:
        if other.minor == python.minor and copy(other, package, script, place):
            return ""
    return "%s is neither in PYEMBED_WHEELHOUSE for CPython %d.%d nor installed for it" % (package, *python.minor)


def from_wheels(wheelhouse, python, package, place):
    """Whether pip could install it from there."""
    command = [python.program, "-m", "pip", "install", "-q", "--no-compile", "--no-index", "--find-links", wheelhouse, "--target", str(place), package]
    return subprocess.run(command, capture_output=True, timeout=processes.LIMIT).returncode == 0


def copy(python, package, script, place):
    """Whether an interpreter has it; then what the script imports of it is copied, as whole packages."""
    done = subprocess.run([python.program, "-c", FIND, package, script], capture_output=True, text=True, timeout=processes.LIMIT, cwd=place)
    if done.returncode:
        return False
    base, tops = json.loads(done.stdout.splitlines()[-1])
    # Wheels keep the shared libraries of extension modules in a folder beside the package.
    for top in [*tops, *(top + ".libs" for top in tops if os.path.isdir(os.path.join(base, top + ".libs")))]:
        whole = os.path.join(base, top)
        if os.path.isdir(whole):
            shutil.copytree(whole, place / top, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(whole, place / top)
    return True
