"""Files and sockets by the number of a descriptor: the host's, those that another comes to mean, and those that were only opened to be read."""

import io
import os

import host

from techniques.support import APART, FILE, FOREIGN, GRANTED, NOTHING, PROCESSES, ROOM, SOCKET, TEXT, WRITE, Missing, has, module, needs, technique

_kept = []


def host_takes(number, name='secret.txt', is_writable=False):
    """Has the host open a file that gets this number: it is free, unless another thread has it for a moment."""
    for _ in range(100):
        if host.open(name, is_writable) == number:
            return
    raise AssertionError(f'{number} is not free')


def taken(number):
    """A number that was closed, and that the host's next file has: a call that other code has under way would use that."""
    host_takes(number)
    return number


def reopened(number):
    """Closes a number, and has the host's next file take it."""
    os.close(number)
    host_takes(number)


@technique(FOREIGN)
def read_the_host_s_descriptor():
    os.lseek(FILE, 0, 0)
    return has(os.read(FILE, 100))


@technique(FOREIGN)
def read_the_host_s_descriptor_at():
    return has(os.pread(FILE, 100, 0))


@technique(FOREIGN)
def read_the_host_s_descriptor_as_file():
    file = open(FILE, closefd=False)
    file.seek(0)
    return has(file.read())


@technique(FOREIGN)
def read_the_host_s_descriptor_by_an_opener():
    os.lseek(os.dup(FILE), 0, 0)
    return has(open(os.path.join(GRANTED, 'file.txt'), opener=lambda path, flags: os.dup(FILE)).read())


@technique(FOREIGN)
def read_by_an_opener_of_the_host_s_number():
    file = open(os.path.join(GRANTED, 'file.txt'), opener=lambda path, flags: FILE)
    try:
        return has(os.pread(file.fileno(), 100, 0))
    finally:
        _kept.append(file)      # closed, it would close the host's


@technique(FOREIGN)
def read_by_mapping_the_host_s_descriptor():
    import mmap
    return has(mmap.mmap(FILE, 0, access=mmap.ACCESS_READ)[:])


@technique(APART)
def read_by_mapping_a_number_that_comes_to_mean_another_file():
    """The event of mapping comes after the decision, and before CPython asks the system."""
    import mmap
    import sys
    file = open(os.path.join(GRANTED, 'file.txt'), 'rb')
    number = file.fileno()

    def swap(event, arguments):
        if event == 'mmap.__new__' and not file.closed:
            file.close()
            host_takes(number)

    sys.addaudithook(swap)
    return has(mmap.mmap(number, 0, access=mmap.ACCESS_READ)[:])


@technique(APART)
def read_by_mapping_while_the_length_is_asked():
    import mmap
    number = os.open(os.path.join(GRANTED, 'file.txt'), os.O_RDONLY)

    class Length:
        def __index__(self):
            reopened(number)
            return 6

    return has(mmap.mmap(number, Length(), access=mmap.ACCESS_READ)[:])


@technique(FOREIGN)
def read_by_mapping_with_a_class_of_one_s_own():
    import mmap

    class Map(mmap.mmap):
        pass

    return has(mmap.mmap.__new__(Map, fileno=FILE, length=0, access=mmap.ACCESS_READ)[:])


@technique(FOREIGN)
def read_by_sendfile():
    reading, writing = os.pipe()
    needs(os, 'sendfile')(writing, FILE, 0, 100)
    return has(os.read(reading, 100))


@technique(FOREIGN)
def read_by_copy_file_range():
    place = os.path.join(GRANTED, 'copied')
    needs(os, 'copy_file_range')
    target = os.open(place, os.O_RDWR | os.O_CREAT)
    os.copy_file_range(FILE, target, 100, 0)
    return has(os.pread(target, 100, 0))


@technique(FOREIGN)
def read_by_splice():
    reading, writing = os.pipe()
    needs(os, 'splice')(FILE, writing, 100, offset_src=0)
    return has(os.read(reading, 100))


@technique(FOREIGN)
def read_by_a_descriptor_sent_through_a_socket():
    import array
    import socket
    one, other = socket.socketpair()
    one.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [FILE]))])
    _, ancillary, _, _ = other.recvmsg(1, socket.CMSG_SPACE(4))
    number = array.array('i', ancillary[0][2])[0]
    return has(os.pread(number, 100, 0))


@technique(APART)
def read_a_stale_descriptor():
    """Close a number under a file object, so that the host's next file gets it."""
    file = open(os.path.join(GRANTED, 'file.txt'), 'rb', buffering=0)
    _kept.append(file)      # closed, it would close the host's
    reopened(file.fileno())
    return has(file.readall())


@technique(PROCESSES)
def close_by_epoll():
    import select
    number = os.pipe()[0]
    needs(select, 'epoll').fromfd(number).close()
    try:
        os.fstat(number)
    except OSError as error:
        return f'closed unseen: {error.errno}' if error.errno == 9 else None


@technique(FOREIGN)
def read_by_the_slot_of_fileio():
    file = io.FileIO.__new__(io.FileIO)
    io.FileIO.__init__(file, FILE, 'r', False)
    file.seek(0)
    return has(file.readall())


@technique(APART)
def read_while_the_length_is_asked():
    number = os.open(os.path.join(GRANTED, 'file.txt'), os.O_RDONLY)

    class Length:
        def __index__(self):
            reopened(number)
            return 50

    return has(os.pread(number, Length(), 0))


@technique(APART)
def read_a_file_object_s_while_the_length_is_asked():
    file = open(os.path.join(GRANTED, 'file.txt'), 'rb', buffering=0)
    number = file.fileno()

    class Length:
        def __index__(self):
            file.close()
            host_takes(number)
            return 50

    return has(os.pread(number, Length(), 0))


@technique(APART)
def copy_while_the_other_number_is_asked():
    number = os.open(os.path.join(GRANTED, 'file.txt'), os.O_RDONLY)
    other = os.dup(number)

    class Other:
        def __index__(self):
            reopened(number)
            return other

        fileno = __index__

    os.dup2(number, Other())
    return has(os.pread(other, 50, 0))


@technique(APART)
def read_a_number_that_a_failed_file_has_closed():
    class File(io.FileIO):
        @property
        def name(self):
            return 'x'

        @name.setter
        def name(self, value):
            self.close()
            raise ValueError

    number = os.open(os.path.join(GRANTED, 'file.txt'), os.O_RDONLY)
    try:
        File(number)
    except ValueError:
        pass
    host_takes(number)
    return has(os.pread(number, 50, 0))


@technique(FOREIGN)
def write_by_the_host_s_descriptor():
    return os.pwrite(FILE, TEXT, 0)


@technique(PROCESSES)
def write_by_faulthandler():
    import faulthandler
    faulthandler.dump_traceback(host.open('outside/movable2.txt', True))
    return 'written'


def change(use, place=os.__file__):
    """Changes nothing, in a way that it takes leave to change."""
    number = os.open(place, os.O_RDONLY)
    try:
        use(number, os.fstat(number))
    finally:
        os.close(number)
    return 'changed'


@technique(FOREIGN, leave=True)
def change_a_mode_by_a_number():
    return change(lambda number, state: os.fchmod(number, state.st_mode & 0o7777))


@technique(FOREIGN, leave=True)
def change_a_mode_by_a_number_as_path():
    return change(lambda number, state: os.chmod(number, state.st_mode & 0o7777))


@technique(FOREIGN, leave=True)
def change_times_by_a_number():
    return change(lambda number, state: os.utime(number, ns=(state.st_atime_ns, state.st_mtime_ns)))


@technique(FOREIGN, leave=True)
def change_an_owner_by_a_number():
    return change(lambda number, state: os.fchown(number, state.st_uid, state.st_gid))


@technique(WRITE, leave=True)
def change_the_mode_of_dev_null():
    return change(lambda number, state: os.chmod('/dev/null', state.st_mode & 0o7777), '/dev/null')


@technique(APART)
def write_by_a_tls_connection_whose_socket_is_closed():
    """It keeps the number."""
    import socket
    ssl = module('ssl')

    class Socket(type(socket.socketpair()[0]).__base__):
        """One that weak references can be made to."""

    one, other = socket.socketpair()
    mine = Socket(fileno=one.detach())
    mine.setblocking(False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    connection = context._wrap_socket(mine, False, None)
    number = mine.detach()
    os.close(number)
    host_takes(number, 'outside/movable2.txt', True)
    try:
        connection.do_handshake()
    except OSError:
        pass                # nobody answers
    with other:
        return None if other.recv(10) else 'written elsewhere'


@technique(APART)
def have_the_host_take_the_number_of_a_closed_file():
    with open(os.path.join(GRANTED, 'file.txt'), 'rb', buffering=0) as file:
        number = file.fileno()
    return taken(number)


@technique(APART)
def have_the_host_take_the_number_of_a_file_with_an_opener():
    with open(os.path.join(GRANTED, 'file.txt'), 'rb', opener=os.open) as file:
        number = file.fileno()
    return taken(number)


@technique(APART)
def have_the_host_take_the_number_of_a_closed_pipe():
    reading, writing = os.pipe()
    copy = os.dup(writing)
    for number in copy, writing, reading:
        os.close(number)
    return taken(reading)


@technique(APART)
def have_the_host_take_the_number_of_a_closed_socket():
    import socket
    with socket.socket() as one:
        number = one.fileno()
    return taken(number)


@technique(APART)
def have_the_host_take_the_number_of_one_of_two_sockets():
    import socket
    one, other = socket.socketpair()
    with one, other, one.dup() as copy:
        numbers = other.fileno(), copy.fileno()
    return taken(numbers[0]) and taken(numbers[1])


@technique(APART)
def have_the_host_take_the_number_of_a_closed_epoll():
    import select
    with needs(select, 'epoll')() as epoll:
        number = epoll.fileno()
    return taken(number)


def many():
    """More numbers than Python code may take of those that the host's files get."""
    import resource
    return min(resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2, 65536) // 2 + 100


@technique(ROOM)
def have_the_host_take_python_s_numbers_by_listing():
    return len([os.scandir(GRANTED) for _ in range(many())])


@technique(ROOM)
def have_the_host_take_python_s_numbers_by_mapping():
    import mmap
    with open(os.path.join(GRANTED, 'file.txt'), 'rb') as file:
        return len([mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) for _ in range(many())])


# The entry looks at what its path leads to.
@technique(NOTHING)
def look_at_a_link_by_an_entry_of_another_folder():
    """Where the number of the folder that was listed comes to mean another one, in which the same name is a link."""
    place = os.path.join(GRANTED, 'listed')
    os.mkdir(place)
    with open(os.path.join(place, 'link.txt'), 'w'):
        pass
    number = os.open(place, os.O_RDONLY)
    with os.scandir(number) as entries:
        entry = next(entries)
    os.dup2(os.open(GRANTED, os.O_RDONLY), number)
    return entry.stat().st_size


# The number that was decided on is the one that is taken.
@technique(NOTHING)
def take_the_host_s_socket_while_the_family_is_asked():
    import _socket
    import gc
    import sys
    if sys.version_info >= (3, 11):
        raise Missing('a socket that looks at its arguments one after the other')
    own = _socket.socketpair()[0].detach()

    class Family:
        def __index__(self):
            for each in gc.get_objects():
                if type(each) is dict and each.get('family') is self:
                    each['fileno'] = SOCKET
            return int(_socket.AF_INET)

    sock = _socket.socket.__new__(_socket.socket)
    _kept.append(sock)      # closed, it would close the host's
    sock.__init__(family=Family(), type=int(_socket.SOCK_STREAM), proto=0, fileno=own)
    return sock.fileno() if sock.fileno() == SOCKET else None
