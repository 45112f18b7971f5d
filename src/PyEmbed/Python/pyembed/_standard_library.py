"""Which modules are the standard library's.

The build has this file too, beside its own scripts: it must not import other modules of this package.
"""

import os
import sys

#: Modules of the standard library that some platforms or builds lack; from 3.10 on the interpreter itself knows them.
OF_PLATFORMS = frozenset("""
    _curses _dbm _gdbm _msi _overlapped _posixshmem _posixsubprocess _scproxy _tkinter _uuid _winapi asyncio crypt curses
    dbm distutils ensurepip fcntl grp idlelib lib2to3 msilib msvcrt multiprocessing nis nt ossaudiodev posix pty pwd
    readline resource spwd sqlite3 ssl syslog termios tkinter tty turtle turtledemo venv winreg winsound
""".split())


def standard_library():
    """The names of the top-level modules of this interpreter's standard library, sorted."""
    names = getattr(sys, 'stdlib_module_names', None)
    if names is None:
        names = set(sys.builtin_module_names)
        library = os.path.dirname(os.__file__)
        for folder in (library, os.path.join(library, 'lib-dynload')):
            for entry in os.listdir(folder) if os.path.isdir(folder) else ():
                stem, dot, suffix = entry.partition('.')
                if suffix in ('py', 'pyd') or suffix.endswith('so') or os.path.isfile(os.path.join(folder, entry, '__init__.py')):
                    names.add(stem)
        names -= {'test', 'site-packages', 'sitecustomize', 'usercustomize'}
        names |= OF_PLATFORMS
    return sorted(name for name in names if name.isidentifier())
