"""Debian's Python distributions: installing them, what they hold, and which modules they offer at the top."""

import os
import re
import shutil
import subprocess

DIST_PACKAGES = "/usr/lib/python3/dist-packages"
PYTHON = "/usr/bin/python3"

METADATA = (".dist-info", ".egg-info", ".pth")
DECLARATION = re.compile(r"(__path__ = )?__import__\(.pkg_resources.\)\.declare_namespace\(__name__\)|"
                         r"__path__ = __import__\(.pkgutil.\)\.extend_path\(__path__, __name__\)")
EXTENSION = re.compile(r"(\w+)(\.cpython-\w+-[\w-]+|\.abi3)?\.so")


def reason_for_none():
    """Why this machine has no Debian packages to try; None where it has."""
    for program in ("apt-get", "dpkg-query"):
        if shutil.which(program) is None:
            return "needs Debian's packages, and there is no " + program
    return None


def library():
    """(path of the shared library of Debian's CPython, that CPython's version), installing it where it is missing.

    Raises RuntimeError with the reason where it cannot be had."""
    problems = install(["python3"])
    if not problems:
        code = "import platform, sysconfig as s; print(*map(s.get_config_var, ('LIBDIR', 'MULTIARCH', 'INSTSONAME')), platform.python_version())"
        asked = subprocess.run([PYTHON, "-I", "-S", "-c", code], check=True, capture_output=True, text=True)
        folder, multiarch, name, version = asked.stdout.split()
        problems = install(["libpython" + version.rpartition(".")[0]])
        for place in (os.path.join(folder, multiarch, name), os.path.join(folder, name)):
            if os.path.exists(place):
                return place, version
    raise RuntimeError("Debian's CPython has no shared library: %s" % problems)


def installed():
    """Package names to the names that they depend on, for all packages installed."""
    form = "${Package}\t${db:Status-Status}\t${Depends}, ${Pre-Depends}\n"
    lines = subprocess.run(["dpkg-query", "-W", "-f", form], check=True, capture_output=True, text=True).stdout.splitlines()
    found = {}
    for line in lines:
        name, status, depends = line.split("\t")
        if status == "installed":
            found[name] = re.findall(r"(?:^|[,|])\s*([a-z0-9][a-z0-9.+-]+)", depends)
    return found


def install(names):
    """Install what is missing of *names*. Returns the names that cannot be installed, each with the reason."""
    present = installed()
    missing = [name for name in names if name not in present]
    if not missing:
        return {}
    root = [] if os.getuid() == 0 else ["sudo", "-n"]
    if root and subprocess.run(root + ["true"], capture_output=True).returncode:
        return {name: "not installed, and neither root nor sudo without a password to install it" for name in missing}
    print("Installing", *missing, flush=True)
    update = subprocess.run(root + ["apt-get", "-qq", "update"], capture_output=True, text=True)
    known = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True).stdout.split()
    failed = {name: "apt-get knows no such package" for name in set(missing).difference(known)}
    wanted = [name for name in missing if name not in failed]
    command = root + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "install", "-y", "--no-install-recommends"]
    problem = subprocess.run(command + wanted, capture_output=True, text=True) if wanted else None
    if problem is not None and problem.returncode:
        for name in wanted:         # one of them stands in the way of the others
            problem = subprocess.run(command + [name], capture_output=True, text=True)
            if problem.returncode:
                failed[name] = "apt-get: " + ((problem.stderr or update.stderr).strip().splitlines() or ["failed"])[-1]
    return failed


def closure(names):
    """The installed packages among *names* and all that they depend on."""
    depends = installed()
    found, rest = set(), [name for name in names if name in depends]
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            rest += [other for other in depends[name] if other in depends]
    return found


def units(packages):
    """What *packages* hold below dist-packages: for each of them that holds something a list of units.

    A unit is a package folder, a module, or a piece of metadata, as a path relative to dist-packages; a namespace's
    portions are units of their own. Where several Debian packages share a folder, the unit goes to the first one that
    holds its ``__init__.py``."""
    owners, order = {}, sorted(packages)
    for name in order:
        for path in _files(name):
            unit, inner = _unit(path)
            if unit is not None and (unit not in owners or inner.startswith("__init__.")):
                owners[unit] = name
    held = {}
    for unit, name in owners.items():
        held.setdefault(name, set()).add(unit)
        # As installed one by one: each portion of an old-style namespace brings the file that declares it.
        folders = unit.split("/")[:-1]
        inits = ("/".join(folders[:depth] + ["__init__.py"]) for depth in range(1, len(folders) + 1))
        held[name].update(init for init in inits if os.path.exists(os.path.join(DIST_PACKAGES, init)))
    return {name: sorted(held[name]) for name in sorted(held)}


def _files(name):
    listed = subprocess.run(["dpkg-query", "-L", name], check=True, capture_output=True, text=True).stdout.splitlines()
    prefix = DIST_PACKAGES + "/"
    return [path[len(prefix):] for path in listed if path.startswith(prefix) and os.path.isfile(path)]


def _unit(path):
    """(unit, path in it) of a file; (None, path) where it belongs to none."""
    names = path.split("/")
    for depth in range(1, len(names)):
        unit = "/".join(names[:depth])
        if names[depth - 1] == "__pycache__":
            return None, path
        if names[depth - 1].endswith(METADATA) or not _is_namespace(os.path.join(DIST_PACKAGES, unit)):
            return unit, "/".join(names[depth:])
    return path, ""


def _is_namespace(folder):
    """Whether a folder is one of folders without a module, or says itself, in the old styles, that it is a namespace."""
    init = os.path.join(folder, "__init__.py")
    if os.path.exists(init):
        with open(init, encoding="utf-8", errors="replace") as file:
            return DECLARATION.fullmatch(file.read(200).strip()) is not None
    entries = os.listdir(folder)
    return not any(entry.startswith("__init__.") for entry in entries) and any(
        os.path.isdir(os.path.join(folder, entry)) and entry != "__pycache__" for entry in entries)


def root_of(unit):
    """The module that a unit offers to be imported; None for metadata and data."""
    folder, _, name = unit.rpartition("/")
    place = os.path.join(DIST_PACKAGES, unit)
    if os.path.isdir(place):
        if not any(entry.startswith("__init__.") for entry in os.listdir(place)):
            return None
    elif name == "__init__.py":
        return None
    elif name.endswith(".py"):
        name = name[:-3]
    else:
        match = EXTENSION.fullmatch(name)
        if match is None:
            return None
        name = match[1]
    dotted = ".".join(filter(None, folder.split("/") + [name]))
    return dotted if all(part.isidentifier() for part in dotted.split(".")) else None
