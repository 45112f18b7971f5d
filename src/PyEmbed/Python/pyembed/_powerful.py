"""The standard library by what its modules give: the list behind the profile Restricted (docs/powerful-modules.md).

A module is powerful if its documented interface reaches out of the interpreter further than the built-in functions do, or
gets hold of the interpreter itself. ``open`` is a built-in function: what opens a file by it and does no more is plain, for
an import policy does not govern what is opened. Names are dotted prefixes. A module of the standard library that is in neither list, as one
of a newer Python would be, counts as powerful.
"""

_PROCESSES = 'processes: '
_FILES = 'files: '
_SOCKETS = 'sockets: '
_NATIVE = 'native code and memory: '
_THREADS = 'threads: '
_CODE = 'code objects: '
_IMPORTS = 'the import system: '
_SYSTEM = 'the system: '
_TERMINAL = 'the terminal: '
_INTERPRETERS = 'interpreters: '
_TESTS = 'tests of CPython: '

# Prefix -> what it gives.
POWERFUL = {
    # Processes
    '_aix_support': _PROCESSES + 'runs programs of the system',
    '_bootsubprocess': _PROCESSES + 'starts programs',
    '_multiprocessing': _PROCESSES + 'semaphores that processes share',
    '_osx_support': _PROCESSES + 'runs compilers',
    '_posixsubprocess': _PROCESSES + 'fork and exec',
    '_winapi': _PROCESSES + 'CreateProcess, pipes and handles',
    '_distutils_system_mod': _PROCESSES + 'what distutils is made of in Debian',
    'antigravity': _PROCESSES + 'starts a web browser',
    'concurrent': _PROCESSES + 'pools of processes and of threads',
    'distutils': _PROCESSES + 'runs compilers, writes files',
    'ensurepip': _PROCESSES + 'installs pip',
    'idlelib': _PROCESSES + 'an editor and shell that runs code in processes of its own',
    'mailcap': _PROCESSES + 'runs the commands that mailcap files name',
    'multiprocessing': _PROCESSES + 'starts processes and shares memory with them',
    'os': _PROCESSES + 'starts, ends and becomes programs; and all of the file system, environment and users',
    'nt': _PROCESSES + 'what os is made of on Windows',
    'pipes': _PROCESSES + 'shell commands',
    'posix': _PROCESSES + 'what os is made of',
    'pty': _PROCESSES + 'starts programs in pseudo-terminals',
    'pydoc': _PROCESSES + 'starts pagers, browsers and a web server, and imports what it is asked about',
    'subprocess': _PROCESSES + 'starts programs',
    'venv': _PROCESSES + 'makes virtual environments and runs their Python',
    'webbrowser': _PROCESSES + 'starts web browsers',
    # Files
    '_dbm': _FILES + 'databases',
    '_gdbm': _FILES + 'databases',
    '_pyio': _FILES + 'opens files by descriptor, too',
    '_sqlite3': _FILES + 'databases, and extensions of native code',
    'cgitb': _FILES + 'writes reports that show source lines and variables',
    'dbm': _FILES + 'databases',
    'fcntl': _FILES + 'locks files and controls devices',
    'filecmp': _FILES + 'compares files and folders',
    'fileinput': _FILES + 'reads the files that sys.argv names, renames and rewrites them',
    'genericpath': _FILES + 'asks what there is at a path',
    'glob': _FILES + 'lists folders',
    'lib2to3': _FILES + 'rewrites source files',
    'linecache': _FILES + 'reads any file by lines',
    'mailbox': _FILES + 'makes, changes and removes mailboxes',
    'netrc': _FILES + "reads passwords in the user's home folder",
    'ntpath': _FILES + 'asks what there is at a path',
    'pathlib': _FILES + 'makes, lists, renames and removes files, folders and links',
    'posixpath': _FILES + 'asks what there is at a path',
    'pstats': _FILES + 'reads and writes marshalled profiles',
    'shelve': _FILES + 'databases of pickles',
    'shutil': _FILES + 'copies, moves and removes trees of files',
    'sqlite3': _FILES + 'databases, and extensions of native code',
    'tabnanny': _FILES + 'walks folders of source files',
    'tarfile': _FILES + 'extracts files, links and devices',
    'tempfile': _FILES + 'makes files and folders, and tells where',
    'zipapp': _FILES + 'writes programs',
    'zipfile': _FILES + 'extracts files and folders',
    # Sockets and what is made of them
    '_asyncio': _SOCKETS + 'what asyncio is made of',
    '_overlapped': _SOCKETS + 'asynchronous input and output of Windows',
    '_scproxy': _SOCKETS + "asks for the system's proxies",
    '_socket': _SOCKETS + 'what socket is made of',
    '_ssl': _SOCKETS + 'what ssl is made of',
    'asynchat': _SOCKETS + 'clients and servers',
    'asyncio': _SOCKETS + 'connections, servers, subprocesses and threads',
    'asyncore': _SOCKETS + 'clients and servers',
    'cgi': _SOCKETS + 'requests from the environment and standard input',
    'ftplib': _SOCKETS + 'FTP',
    'http.client': _SOCKETS + 'HTTP',
    'http.cookiejar': _SOCKETS + "cookies of HTTP clients, and their files",
    'http.server': _SOCKETS + 'HTTP servers',
    'imaplib': _SOCKETS + 'IMAP, and programs that connect to it',
    'logging.config': _SOCKETS + 'a server for configurations, which name what is imported and called',
    'logging.handlers': _SOCKETS + 'log records by network and mail, files that rotate',
    'nntplib': _SOCKETS + 'NNTP',
    'poplib': _SOCKETS + 'POP3',
    'select': _SOCKETS + 'waits for descriptors',
    'selectors': _SOCKETS + 'waits for descriptors',
    'smtpd': _SOCKETS + 'mail servers',
    'smtplib': _SOCKETS + 'mail',
    'socket': _SOCKETS + 'connects and listens',
    'socketserver': _SOCKETS + 'servers, which may fork and start threads',
    'ssl': _SOCKETS + 'encrypted connections, certificates in files',
    'telnetlib': _SOCKETS + 'Telnet',
    'urllib.request': _SOCKETS + 'opens addresses, those of files among them',
    'urllib.robotparser': _SOCKETS + 'fetches robots.txt',
    'wsgiref.handlers': _SOCKETS + 'requests from the environment and standard input',
    'wsgiref.simple_server': _SOCKETS + 'HTTP servers',
    'xml.dom.pulldom': _SOCKETS + 'opens the files and addresses that documents name',
    'xml.sax': _SOCKETS + 'opens the files and addresses that documents name',
    'xmlrpc': _SOCKETS + 'remote procedure calls',
    # Native code and memory
    '_ctypes': _NATIVE + 'what ctypes is made of',
    '_ios_support': _NATIVE + 'calls the system by ctypes',
    '_android_support': _NATIVE + "writes to the system's log",
    '_apple_support': _NATIVE + "writes to the system's log",
    '_msi': _NATIVE + 'installer databases of Windows',
    '_posixshmem': _NATIVE + 'shared memory',
    '_tkinter': _NATIVE + 'Tcl, which runs programs and reads files',
    '_tracemalloc': _NATIVE + 'every allocation of the interpreter',
    '_wmi': _NATIVE + 'asks Windows about the machine',
    'clr': _NATIVE + 'all of .NET, by pythonnet',
    'clr_loader': _NATIVE + 'starts .NET',
    'ctypes': _NATIVE + 'calls any function, reads and writes any memory',
    'faulthandler': _NATIVE + 'crashes the process, writes to descriptors',
    'gc': _NATIVE + 'every object of the interpreter',
    'mmap': _NATIVE + 'maps files and shares memory',
    'msilib': _NATIVE + 'installer databases of Windows',
    'pythonnet': _NATIVE + 'all of .NET',
    'tkinter': _NATIVE + 'Tcl, which runs programs and reads files',
    'tracemalloc': _NATIVE + 'every allocation of the interpreter',
    'turtle': _NATIVE + 'windows, by tkinter',
    'turtledemo': _NATIVE + 'windows, by tkinter',
    # Threads
    '_thread': _THREADS + 'starts threads, interrupts the main thread',
    '_threading_local': _THREADS + 'what threading is made of',
    'threading': _THREADS + 'starts threads, traces those to come',
    # Interpreters, to which no policy of this one applies
    '_interpchannels': _INTERPRETERS + 'sends objects between interpreters',
    '_interpqueues': _INTERPRETERS + 'sends objects between interpreters',
    '_interpreters': _INTERPRETERS + 'makes interpreters and runs code there',
    '_xxinterpchannels': _INTERPRETERS + 'sends objects between interpreters',
    '_xxsubinterpreters': _INTERPRETERS + 'makes interpreters and runs code there',
    # Code objects
    '_lsprof': _CODE + 'what cProfile is made of',
    '_remote_debugging': _CODE + 'reads the memory of other Python processes',
    'bdb': _CODE + 'traces and changes running code',
    'cProfile': _CODE + 'runs code and writes profiles',
    'code': _CODE + 'compiles and runs what is typed in',
    'codeop': _CODE + 'compiles what is typed in',
    'compileall': _CODE + 'writes bytecode for folders',
    'dis': _CODE + 'takes code objects apart',
    'marshal': _CODE + 'makes code objects from bytes, unchecked',
    'pdb': _CODE + 'traces and changes running code, runs the commands of .pdbrc',
    'profile': _CODE + 'runs code and writes profiles',
    'py_compile': _CODE + 'writes bytecode',
    'trace': _CODE + 'runs and traces code, writes reports',
    # The import system
    '_frozen_importlib': _IMPORTS + 'what importlib is made of',
    '_frozen_importlib_external': _IMPORTS + 'loaders that read any file',
    '_imp': _IMPORTS + 'makes built-in, frozen and extension modules',
    'imp': _IMPORTS + 'loads any file as a module',
    'importlib._bootstrap': _IMPORTS + 'what importlib is made of',
    'importlib._bootstrap_external': _IMPORTS + 'loaders that read any file',
    'importlib.abc': _IMPORTS + 'loaders that read any file',
    'importlib.machinery': _IMPORTS + 'loaders that read any file',
    'importlib.readers': _IMPORTS + 'reads the files of any folder or zip',
    'importlib.resources.readers': _IMPORTS + 'reads the files of any folder or zip',
    'importlib.util': _IMPORTS + 'makes modules of any file',
    'modulefinder': _IMPORTS + 'reads the modules of any folder',
    'pyclbr': _IMPORTS + 'reads the modules of any folder',
    'pyembed': _IMPORTS + 'mounts zips, folders and assemblies',
    'runpy': _IMPORTS + 'runs any file',
    'site': _IMPORTS + 'adds folders to sys.path and runs their .pth files',
    'zipimport': _IMPORTS + 'loads modules from any zip',
    # The system: users, limits, signals, logs, devices, registry
    '_crypt': _SYSTEM + "makes hashes of the system's passwords",
    '_signal': _SYSTEM + 'handles and sends signals',
    'crypt': _SYSTEM + "makes hashes of the system's passwords",
    'grp': _SYSTEM + 'lists groups',
    'nis': _SYSTEM + 'asks the network for users and hosts',
    'ossaudiodev': _SYSTEM + 'sound devices',
    'pwd': _SYSTEM + 'lists users',
    'resource': _SYSTEM + "changes the process's limits",
    'signal': _SYSTEM + 'handles and sends signals',
    'spwd': _SYSTEM + "reads users' password hashes",
    'syslog': _SYSTEM + "writes to the system's log",
    'winreg': _SYSTEM + "reads and writes Windows's registry",
    'winsound': _SYSTEM + 'sound devices',
    # The terminal
    '_curses': _TERMINAL + 'draws and reads keys',
    '_curses_panel': _TERMINAL + 'draws',
    '_pyrepl': _TERMINAL + 'an interactive interpreter',
    'curses': _TERMINAL + 'draws and reads keys',
    'getpass': _TERMINAL + "asks for passwords, tells the user's name",
    'msvcrt': _TERMINAL + 'reads keys, locks files, opens handles',
    'readline': _TERMINAL + "reads lines and files of a user's history",
    'termios': _TERMINAL + 'changes its settings',
    'tty': _TERMINAL + 'changes its settings',
    # Tests of CPython, which some installations have
    '_ctypes_test': _TESTS + 'functions for ctypes to call',
    '_testbuffer': _TESTS + 'memory',
    '_testcapi': _TESTS + 'any function of the C API',
    '_testclinic': _TESTS + 'arguments of C functions',
    '_testclinic_limited': _TESTS + 'arguments of C functions',
    '_testexternalinspection': _TESTS + 'memory of other processes',
    '_testimportmultiple': _TESTS + 'extension modules',
    '_testinternalcapi': _TESTS + 'the insides of the interpreter',
    '_testlimitedcapi': _TESTS + 'the C API',
    '_testmultiphase': _TESTS + 'extension modules',
    '_testsinglephase': _TESTS + 'extension modules',
    '_xxtestfuzz': _TESTS + 'random input for C functions',
    'test': _TESTS + 'all of them',
    'xxlimited': _TESTS + 'an example in C',
    'xxlimited_35': _TESTS + 'an example in C',
    'xxsubtype': _TESTS + 'an example in C',
}

# Top-level names whose modules are plain, apart from the submodules named above.
PLAIN = frozenset('''
    __future__ __hello__ __hello_alias__ __hello_only__ __phello__ __phello_alias__ _abc _ast _ast_unparse _bisect _blake2
    _bootlocale _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections
    _collections_abc _colorize _compat_pickle _compression _contextvars _csv _datetime _decimal _elementtree _functools
    _hashlib _heapq _hmac _io _json _locale _lzma _markupbase _md5 _multibytecodec _opcode _opcode_metadata _operator
    _peg_parser _pickle _py_abc _py_warnings _pydatetime _pydecimal _pylong _queue _random _sha1 _sha2 _sha256 _sha3 _sha512
    _sitebuiltins _sre _stat _statistics _string _strptime _struct _suggestions _symtable _sysconfig _tokenize _types _typing
    _uuid _warnings _weakref _weakrefset _zoneinfo _zstd abc aifc annotationlib argparse array ast atexit audioop base64
    binascii binhex bisect builtins bz2 calendar chunk cmath cmd codecs collections colorsys compression configparser
    contextlib contextvars copy copyreg csv dataclasses datetime decimal difflib doctest email encodings enum errno fnmatch
    formatter fractions functools getopt gettext graphlib gzip hashlib heapq hmac html http imghdr importlib inspect io
    ipaddress itertools json keyword locale logging lzma math mimetypes nturl2path numbers opcode operator optparse parser
    pickle pickletools pkgutil platform plistlib pprint pydoc_data pyexpat queue quopri random re reprlib rlcompleter sched
    secrets shlex sndhdr sre_compile sre_constants sre_parse stat statistics string stringprep struct sunau symbol symtable
    sys sysconfig textwrap this time timeit token tokenize tomllib traceback types typing unicodedata unittest urllib uu uuid
    warnings wave weakref wsgiref xdrlib xml zlib zoneinfo
'''.split())


def powerful(name):
    """(the prefix that makes a module a powerful one, what it gives), or None."""
    prefix = name
    while prefix:
        if prefix in POWERFUL:
            return prefix, POWERFUL[prefix]
        prefix = prefix.rpartition('.')[0]
    return None


def unknown(top, standard):
    """What is said of a top-level name of the standard library that is in neither list; None for any other name."""
    if top in PLAIN or top not in standard:
        return None
    return top, 'a module of the standard library that this version of PyEmbed does not know'
