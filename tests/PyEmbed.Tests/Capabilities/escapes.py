"""Ways out of what capabilities grant, in the package techniques: each reaches a file, a socket, a process, native code or the environment.

Run by tests/PyEmbed.TestHost, once without capabilities, where every technique must work, and once with none granted but
the folder ``granted``, where none may: the very same code, which does not know which of them it is. A technique returns
what it has reached; what it only tried counts as nothing. Prints a line each: name, word, and what there is to say.

reached     what it is after
denied      it ended as it says that it ends where it is denied
failed      it ended in another way
missing     this CPython or system has not got what it uses
refused     the system did not give leave, to a technique that needs the system's
lost        a race was not won

sys.argv: a folder with secret.txt, readable.txt (which may be read), outside/ and granted/ (readable and writable; granted/link leads to outside/,
granted/link.txt to secret.txt); the port of a TCP server on this machine; descriptors of the host: secret.txt, open for
reading and writing, and a connected socket. Its module ``host`` opens others. Standard input and standard error are files
that hold the secret, open for reading and writing.
"""

import importlib
import re

from techniques.support import NOTHING, Missing, techniques

for name in ['paths', 'arguments', 'descriptors', 'streams', 'waiting', 'libraries', 'originals', 'folders', 'processes', 'network', 'native_code', 'bytecode', 'environment']:
    importlib.import_module(f'techniques.{name}')


def run(function, denial, leave, race):
    """Runs one technique.

    Returns: the word for how it went, and what there is to say.
    """
    try:
        found = function()
    except Missing as error:
        return 'missing', str(error)
    except Exception as error:
        end = f'{type(error).__name__}: {error}'
        return 'denied' if re.match(denial, end) else 'refused' if leave and isinstance(error, OSError) else 'failed', end
    return ('reached', repr(found)) if found else ('lost' if race else 'denied' if denial == NOTHING else 'failed', NOTHING)


for function, *rest in techniques:
    print(function.__name__, *(text.replace('\n', ' ')[:300] for text in run(function, *rest)), sep='\t', flush=True)
