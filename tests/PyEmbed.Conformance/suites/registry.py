"""The suites: what runs, in which modes, and what of it runs inside .NET as well."""


class Suite:
    """One adapter. *modes*: 'source' (trees without bytecode), 'bytecode' (as the build compiles it), 'files' (every file
    materialised). *dotnet*: also in a .NET process. *writes_bytecode*: CPython may write bytecode, as the tests want it to."""

    def __init__(self, name, modes=('source',), dotnet=False, writes_bytecode=False, timeout=300):
        self.name = name
        self.module = 'of_' + name.replace('-', '_')     # no name of the standard library
        self.modes = modes
        self.dotnet = dotnet
        self.writes_bytecode = writes_bytecode
        self.timeout = timeout

    def runs(self, host):
        """(mode, .NET program or None) of each run."""
        runs = [(mode, None) for mode in self.modes]
        return runs + [(self.modes[-1], host)] if self.dotnet and host else runs

    def row_name(self, mode, program):
        if program:
            return f'{self.name} in .NET'
        return self.name if mode == self.modes[0] else f'{self.name} ({mode})'

    def row_names(self):
        """The names of all rows that the suite can have."""
        return [self.row_name(mode, program) for mode in self.modes for program in (None, 'host')]


BOTH = ('source', 'bytecode')

SUITES = [
    Suite('resources', ('source', 'bytecode', 'files'), dotnet=True),
    Suite('namespace-packages', BOTH, dotnet=True),
    Suite('import-statement', BOTH, dotnet=True),
    Suite('import-files', writes_bytecode=True),
    Suite('packages', BOTH),
    Suite('source-finder', BOTH, dotnet=True, writes_bytecode=True),
    Suite('source-encoding', BOTH, dotnet=True),
    Suite('file-loader', writes_bytecode=True),
    Suite('protocol', BOTH, dotnet=True),
    Suite('spec-and-util', BOTH),
    Suite('lazy', BOTH),
    Suite('threaded-import', BOTH),
    Suite('metadata', dotnet=True),
    Suite('pkgutil', BOTH, dotnet=True),
    Suite('runpy', BOTH, dotnet=True),
    Suite('zipimport'),
    Suite('zipimport-support', BOTH),
    Suite('tools', ('files',)),
    Suite('pickle', BOTH),
]
