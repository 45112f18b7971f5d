"""Loads the package that this file holds, each module in a namespace of its own, as if it lay in the folder FILE/package.

PyEmbed wrote this part (MIT License); the package's own files follow, each as its text. Nothing is imported here that
CPython does not have loaded once it has started, so sys.modules is what it would be with the package on the disk.
"""

import os
import sys
import _frozen_importlib_external as _external
from _frozen_importlib import ModuleSpec


class _Package:
    """The files of the package: a finder for sys.meta_path, and a hook for sys.path_hooks."""

    def __init__(self, name, tree, scope):
        self.stitched, self.tree, self.scope = name, tree, scope
        self.place = os.path.abspath(scope["__file__"]) if scope.get("__file__") else f"<stitched {name}>"
        self.files, self.folders, self.zip, self.extracted = {}, {"": set()}, None, {}
        self.listeners = {"linecache": self.show_lines}

    def add(self, path, sha256, text, codec="utf-8", newline="\n"):
        """Add a file. The first line end of the text is not the file's. The hash tells pyembed.stitch.unpack of changes."""
        self.files[path] = text, codec, newline
        while path:
            folder, _, name = path.rpartition("/")
            self.folders.setdefault(folder, set()).add(name)
            path = folder

    def read(self, path):
        text, codec, newline = self.files[path]
        if codec == "base64":
            from binascii import a2b_base64
            return a2b_base64(text)
        return text.replace("\n", "", 1).replace("\n", newline).encode(codec)

    def install(self):
        """Make the package importable. Where that was done before in this process, it stays as it is."""
        name, there = self.stitched, sys.modules.get(self.stitched)
        if getattr(there, "__dict__", None) is self.scope:
            there = None
            del sys.modules[name]                       # this file has the package's name; the package takes its place
        for finder in sys.meta_path:
            if getattr(finder, "stitched", None) == name:
                if self.tree == finder.tree or self.place == finder.place:
                    return
                there = finder
        if there is not None:
            place = getattr(there, "place", None) or getattr(there, "__file__", None) or list(getattr(there, "__path__", "?"))[0]
            raise ImportError(f"{self.place}: the package {name!r} was imported before, from {place}", name=name)
        sys.meta_path.insert(0, self)
        sys.path_hooks.insert(0, self)
        if sys.version_info < (3, 13) and sys.excepthook is sys.__excepthook__:
            sys.excepthook = _show_error        # CPython's own looks for lines on the disk only
            self.listeners["threading"] = _show_errors_of_threads
        for listened in self.listeners.keys() & sys.modules.keys():
            self.listeners[listened](sys.modules[listened])

    def find_spec(self, name, path=None, target=None):
        """PEP 451: the package. Its modules are found on its __path__. Modules that are to be told of it are found here, too."""
        if name == self.stitched:
            return self(self.place).find_spec(name)
        if name in self.listeners:
            for finder in sys.meta_path[sys.meta_path.index(self) + 1:]:
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    spec.loader = _Telling(spec.loader, self.listeners[name])
                    return spec
        return None

    def __call__(self, path):
        if self.inner(path) in self.folders:
            return _Folder(self, self.inner(path))
        raise ImportError("not a folder of a stitched file", path=path)

    def inner(self, path):
        """What a path is in the package: '' for the stitched file itself, None for what does not lie below it."""
        if path.startswith(self.place + os.sep):
            return path[len(self.place) + 1:].replace(os.sep, "/")
        return "" if path == self.place else None

    def show_lines(self, linecache):
        """Let linecache find lines by the name of their file alone: that is what warnings know."""
        for path in self.files:
            if path.endswith(".py"):
                loader = _Loader(self, path)
                linecache.cache.setdefault(loader.path, (lambda loader=loader: loader.get_source(None),))

    def archive(self):
        """A zip in memory of all files, which importlib.resources can read."""
        if self.zip is None:
            import io
            import zipfile

            class Archive(getattr(zipfile, "FastLookup", zipfile.ZipFile)):
                def __fspath__(self):
                    return self.filename

            stream = io.BytesIO()
            with zipfile.ZipFile(stream, "w") as archive:
                for path in self.files:
                    archive.writestr(zipfile.ZipInfo(path), self.read(path))
                for info in archive.infolist():         # all names are UTF-8; else zipfile imports the codec of MS-DOS
                    info.flag_bits |= 0x800
                    stream.getbuffer()[info.header_offset + 7] |= 0x800 >> 8
            archive = Archive(stream)
            archive.filename = self.place
            self.zip = archive
        return self.zip

    def reader(self, folder):
        """The resource reader of a folder."""
        from zipfile import Path
        try:
            from importlib.readers import FileReader as Base            # as loaders of the disk do
        except ImportError:                                             # 3.9
            from importlib.abc import TraversableResources as Base

        class Resource(Path):
            def __fspath__(resource):
                return self.extract(resource.at)

        class Reader(Base):
            def __init__(reader):
                pass

            def files(reader):
                return Resource(self.archive(), folder and folder + "/")

            def is_resource(reader, path):              # in 3.9 both own ones fail
                found = reader.files().joinpath(path)
                return found.exists() and not found.is_dir()

            def resource_path(reader, resource):
                raise FileNotFoundError(2, "not a file of its own", resource)

        return Reader()

    def extract(self, inner):
        """A copy of a file, or of a folder and all in it, for what needs a path; it is removed when the process ends."""
        if inner not in self.extracted:
            import atexit
            import shutil
            import tempfile
            temporary = tempfile.mkdtemp(prefix=self.stitched + "-")
            atexit.register(shutil.rmtree, temporary, ignore_errors=True)
            for path in self.files:
                if path == inner or inner.endswith("/") and path.startswith(inner):
                    place = os.path.join(temporary, *path.split("/"))
                    os.makedirs(os.path.dirname(place), exist_ok=True)
                    with open(place, "wb") as file:
                        file.write(self.read(path))
            self.extracted[inner] = os.path.join(temporary, *inner.split("/"))
        return self.extracted[inner]

    def main_module(self, name):
        """A new module to run the package's __main__ in, and the code."""
        loader, module = _Loader(self, self.stitched + "/__main__.py"), type(sys)(name)
        module.__loader__, module.__package__ = loader, self.stitched
        if self.scope.get("__file__"):
            module.__file__ = self.place                # from which multiprocessing starts workers
        return module, loader.get_code(None)

    def run(self, arguments):
        """Run the package as ``python -m`` does; returns the exit code."""
        module, code = self.main_module("__main__")
        program, before, sys.argv = sys.modules["__main__"], sys.argv, [self.place, *arguments]
        names = [name for name in ("__main__", "__mp_main__") if sys.modules.get(name) is program]
        sys.modules.update(dict.fromkeys(names, module))
        try:
            exec(code, vars(module))
            return 0
        except SystemExit as error:
            return 0 if error.code is None else error.code
        finally:
            if vars(program) is not self.scope:         # else threads and exit handlers go on in the module
                sys.argv = before
                sys.modules.update(dict.fromkeys(names, program))

    def run_in_worker(self):
        """For a worker of multiprocessing: what the package's __main__ binds, as pickles name it."""
        module, code = self.main_module("__mp_main__")
        exec(code, vars(module))
        self.scope.update((name, value) for name, value in vars(module).items() if not name.startswith("__"))


class _Folder:
    """Path entry finder for a folder of the package, as FileFinder is for one of the disk."""

    def __init__(self, package, inner):
        self.package, self.inner = package, inner
        self.path = os.path.join(package.place, *inner.split("/")) if inner else package.place

    def find_spec(self, name, target=None):
        package, tail = self.package, name.rpartition(".")[2]
        folder, path = f"{self.inner}/{tail}".lstrip("/"), os.path.join(self.path, tail)
        for inner, search in (f"{folder}/__init__.py", [path]), (f"{folder}.py", None), (folder, [path]):
            is_namespace = inner in package.folders
            if is_namespace or inner in package.files:
                loader = _Namespace(package, inner, search) if is_namespace else _Loader(package, inner)
                spec = ModuleSpec(name, loader, origin=None if is_namespace else loader.path)
                spec.submodule_search_locations, spec.has_location = search, not is_namespace
                return spec
        return None

    def iter_modules(self, prefix=""):
        """pkgutil's protocol: (name, is a package) for each module."""
        for entry in sorted(self.package.folders[self.inner]):
            below = self.package.folders.get(f"{self.inner}/{entry}".lstrip("/"), ())
            name = entry if "__init__.py" in below else entry[:-3] if entry.endswith(".py") else ""
            if name not in ("", "__init__") and "." not in name:
                yield prefix + name, bool(below)


class _Loader(_external.SourceLoader):
    """Loader of one file, which runs under the module's name or as __main__."""

    def __init__(self, package, inner):
        self.package, self.inner, self.path = package, inner, os.path.join(package.place, *inner.split("/"))

    def get_filename(self, name):
        return self.path

    def get_data(self, path):
        """PEP 302: the contents of any file of the package."""
        inner = self.package.inner(path)
        if inner not in self.package.files:
            raise FileNotFoundError(2, "No such file or directory", path)
        return self.package.read(inner)

    def get_source(self, name):
        return _Text(super().get_source(name))

    def get_resource_reader(self, name):
        return self.package.reader(self.inner.rpartition("/")[0])

    if sys.version_info < (3, 10):
        @property
        def archive(self):
            """Where importlib.resources.files of 3.9, which knows folders and zips only, looks."""
            return self.package.archive()


class _Namespace(getattr(_external, "NamespaceLoader", None) or _external._NamespaceLoader):
    """Loader of a package without __init__.py."""

    def __init__(self, package, folder, path):
        self.package, self.folder, self._path = package, folder, path

    def get_resource_reader(self, name):
        return self.package.reader(self.folder)


class _Text(str):
    """A source, of which linecache is not to take form feeds for ends of lines."""

    def splitlines(self, keepends=False):
        lines = self.split("\n")
        lines = [line + "\n" * keepends for line in lines[:-1]] + lines[-1:]
        return lines if lines[-1] else lines[:-1]


class _Telling:
    """Stands for a loader until the module's code has run, and then calls a function with the module."""

    def __init__(self, loader, tell):
        self.loader, self.tell = loader, tell

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def exec_module(self, module):
        module.__loader__ = module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        self.tell(module)


def _show_error(kind, error, trace):
    import traceback
    traceback.print_exception(kind, error, trace)


def _show_error_of_thread(args):
    if args.exc_type is not SystemExit and sys.stderr is not None:
        print(f"Exception in thread {args.thread and args.thread.name}:", file=sys.stderr)
        _show_error(args.exc_type, args.exc_value, args.exc_traceback)


def _show_errors_of_threads(threading):
    if getattr(threading.excepthook, "__module__", None) == "_thread":      # CPython's own
        threading.excepthook = _show_error_of_thread
