"""Arguments that mean one thing to whoever decides and another to CPython: names that change, strings that are numbers, types that Python code can change."""

import gc
import io
import os
import threading

import host

from techniques.support import FILE, GRANTED, READ, SECRET, SOCKET, ending, has, technique

NAMES = ending(PermissionError, '.* the names of its arguments must be of the type str itself')
_kept = []


class Name(str):
    """A name of an argument that equals no other the first times it is compared."""
    unequal = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        if Name.unequal:
            Name.unequal -= 1
            return False
        return str.__eq__(self, other)


def with_names_that_change(use):
    """Tries a use for each number of comparisons that whoever decides may make first."""
    last = None
    for Name.unequal in range(6):
        try:
            found = use()
        except (PermissionError, TypeError) as error:
            last = error
        else:
            if found:
                return found
    raise last


@technique(NAMES)
def read_by_a_name_of_an_argument_that_changes():
    def read():
        file = io.FileIO(**{Name('file'): FILE, 'closefd': False})
        file.seek(0)
        return has(file.readall())

    return with_names_that_change(read)


@technique(NAMES)
def use_the_host_s_socket_by_a_name_of_an_argument_that_changes():
    import _socket

    def look():
        connection = _socket.socket(**{Name('fileno'): SOCKET})
        try:
            return connection.getpeername()
        finally:
            connection.detach()

    return with_names_that_change(look)


@technique(ending(FileNotFoundError, '.*no-such-file'))
def read_by_a_path_that_is_a_number():
    """CPython's FileIO asks for a number first, and then for a path: it is given the path, where nothing is."""
    class Path(str):
        def __index__(self):
            return FILE

    file = io.FileIO(Path(os.path.join(GRANTED, 'no-such-file')))
    try:
        return has(os.pread(file.fileno(), 100, 0))
    finally:
        _kept.append(file)      # closed, it would close the host's


@technique(READ)
def look_at_a_link_s_end_by_another_is_symlink():
    """The type is one that Python code can change."""
    with os.scandir(GRANTED) as entries:
        entry = next(entry for entry in entries if entry.name == 'link.txt')
    kind = type(entry)
    before = kind.is_symlink
    kind.is_symlink = lambda self: False
    try:
        return entry.stat().st_size
    finally:
        kind.is_symlink = before


@technique(ending(SyntaxError, ".*outside function"))
def read_by_a_syntax_error():
    """The compiler reads the line that it complains of, and where it may not, does without."""
    try:
        compile('return', SECRET, 'exec')
    except SyntaxError as error:
        if error.text:
            return has(error.text)
        raise


@technique(ending('TypeError', '.*readonly memory map'))
def write_by_a_keyword_that_changes_meanwhile():
    """What converts one argument finds the dict that CPython takes the next from."""
    import mmap
    number = host.open('readable.txt', True)

    class Length:
        def __index__(self):
            for given in gc.get_objects():
                if type(given) is dict and given.get('length') is self and 'access' in given:
                    given['access'] = mmap.ACCESS_WRITE
            return 6

    mapped = mmap.mmap(fileno=number, length=Length(), access=mmap.ACCESS_READ)
    mapped[:1] = b'S'
    mapped.flush()
    with open(os.path.join(os.path.dirname(SECRET), 'readable.txt')) as file:
        text = file.read()
    return text if text.startswith('S') else None


@technique(ending(PermissionError, '.* an argument is not there yet'))
def use_the_host_s_socket_by_a_tuple_that_is_filled_meanwhile():
    """A tuple that is being made of an iterator is among the garbage collector's objects already."""
    import _socket
    connection = _socket.socket.__new__(_socket.socket)
    asked, filled, ends = threading.Event(), threading.Event(), []

    class Family:
        def __index__(self):
            asked.set()
            filled.wait(10)
            return _socket.AF_INET

    family = Family()

    class Arguments:
        def __length_hint__(self):
            return 4

        def __iter__(self):
            yield from (family, _socket.SOCK_STREAM, 0)
            worker.start()
            asked.wait(10)
            yield SOCKET
            filled.set()

    def use():
        try:
            arguments = next(found for found in gc.get_objects() if type(found) is tuple and len(found) == 4 and found[0] is family)
            connection.__init__(*arguments)
            ends.append(connection.getpeername())
            connection.detach()
        except Exception as error:
            ends.append(error)
        finally:
            asked.set()

    worker = threading.Thread(target=use)
    arguments = tuple(Arguments())
    worker.join()
    if isinstance(ends[0], Exception):
        raise ends[0]
    return ends[0], arguments[3]
