"""Runs inside the process under test: imports a module or runs a use, and reports where each module came from.

Arguments: ``import`` or ``run``, the module's name, the file to which the report goes as JSON. Standard output and exit
code of a module that runs are its own.
"""

import importlib
import json
import os
import runpy
import sys
import traceback


def is_ours(loader):
    """Whether a loader is one of PyEmbed's."""
    return type(loader).__module__.partition(".")[0] == "pyembed"


def census():
    """Modules by where they came from: PyEmbed's loaders, other files. Those of the standard library and namespaces,
    which are no files, are left out."""
    library = os.path.dirname(os.__file__) + os.sep
    embedded, files = [], {}
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        loader = getattr(spec, "loader", None) or getattr(module, "__loader__", None)
        origin = getattr(spec, "origin", None) or getattr(module, "__file__", None)
        if not isinstance(origin, str) or not os.path.isabs(origin) or origin.startswith(library):
            continue
        if not is_ours(loader):
            files[name] = origin
        elif name.partition(".")[0] != "pyembed":
            embedded.append(name)
    return embedded, files


def main():
    kind, name, report = sys.argv[1:]
    del sys.argv[1:]
    result = {"error": None, "names": []}
    try:
        if kind == "import":
            result["names"] = sorted(dir(importlib.import_module(name)))
        else:
            runpy.run_module(name, run_name="__main__", alter_sys=True)
    except SystemExit:
        raise
    except BaseException:
        result["error"] = traceback.format_exc()
        raise
    finally:
        result["embedded"], result["files"] = census()
        result["path"] = sys.path
        if "pyembed" in sys.modules or "pyembed._importer" in sys.modules:
            result["store"] = sys.modules["pyembed._importer"].store()
        with open(report, "w", encoding="utf-8") as file:
            json.dump(result, file)


if __name__ == "__main__":
    main()
