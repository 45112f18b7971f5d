"""Files and sockets by the number of a descriptor: the host's, those that another comes to mean, and those that were only opened to be read."""

import io
import os

from techniques.support import FILE, GRANTED, MODE, SECRET, TEXT, has, Missing, needs, new_place, technique

_kept = []


@technique
def read_the_host_s_descriptor():
    os.lseek(FILE, 0, 0)
    return has(os.read(FILE, 100))


@technique
def read_the_host_s_descriptor_at():
    return has(os.pread(FILE, 100, 0))


@technique
def read_the_host_s_descriptor_as_file():
    os.lseek(os.dup(FILE), 0, 0) if MODE == 'control' else None
    return has(open(FILE, closefd=False).read())


@technique
def read_the_host_s_descriptor_by_an_opener():
    os.lseek(os.dup(FILE), 0, 0)
    return has(open(os.path.join(GRANTED, 'file.txt'), opener=lambda path, flags: os.dup(FILE)).read())


@technique
def read_by_an_opener_of_the_host_s_number():
    file = open(os.path.join(GRANTED, 'file.txt'), opener=lambda path, flags: FILE)
    try:
        return has(os.pread(file.fileno(), 100, 0))
    finally:
        _kept.append(file)      # closed, it would close the host's


@technique
def read_by_mapping_the_host_s_descriptor():
    import mmap
    return has(mmap.mmap(FILE, 0, access=mmap.ACCESS_READ)[:])


@technique
def read_by_sendfile():
    reading, writing = os.pipe()
    needs(os, 'sendfile')(writing, FILE, 0, 100)
    return has(os.read(reading, 100))


@technique
def read_by_copy_file_range():
    place = os.path.join(GRANTED, 'copied')
    needs(os, 'copy_file_range')
    target = os.open(place, os.O_RDWR | os.O_CREAT)
    os.copy_file_range(FILE, target, 100, 0)
    return has(os.pread(target, 100, 0))


@technique
def read_by_splice():
    reading, writing = os.pipe()
    needs(os, 'splice')(FILE, writing, 100, offset_src=0)
    return has(os.read(reading, 100))


@technique
def read_by_a_descriptor_sent_through_a_socket():
    import array
    import socket
    one, other = socket.socketpair()
    one.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [FILE]))])
    _, ancillary, _, _ = other.recvmsg(1, socket.CMSG_SPACE(4))
    number = array.array('i', ancillary[0][2])[0]
    return has(os.pread(number, 100, 0))


@technique
def read_a_stale_descriptor():
    """Close a number under a file object, so that the host's next file gets it."""
    file = open(os.path.join(GRANTED, 'file.txt'))
    os.close(file.fileno())
    again = os.open(SECRET, os.O_RDONLY) if MODE == 'control' else -1
    return has(file.read()) or f'closed {again}'


@technique
def close_by_epoll():
    import select
    number = os.dup(0)
    needs(select, 'epoll').fromfd(number).close()
    try:
        os.fstat(number)
    except OSError as error:
        return f'closed unseen: {error.errno}' if error.errno == 9 else None


@technique
def read_by_the_slot_of_fileio():
    file = io.FileIO.__new__(io.FileIO)
    io.FileIO.__init__(file, os.dup(FILE) if MODE == 'control' else FILE, 'r')
    return has(os.pread(file.fileno(), 100, 0))


def reopened(number):
    """Closes a number, and has the host's next file take it: without the host, a file of one's own."""
    os.close(number)
    assert os.open(SECRET, os.O_RDONLY) == number


@technique
def read_while_the_length_is_asked():
    number = os.open(os.path.join(GRANTED, 'file.txt'), os.O_RDONLY)

    class Length:
        def __index__(self):
            reopened(number)
            return 50

    return has(os.pread(number, Length(), 0))


@technique
def read_a_file_object_s_while_the_length_is_asked():
    file = open(os.path.join(GRANTED, 'file.txt'), 'rb', buffering=0)
    number = file.fileno()

    class Length:
        def __index__(self):
            file.close()
            if MODE == 'control':
                assert os.open(SECRET, os.O_RDONLY) == number
            return 50

    data = os.pread(number, Length(), 0)
    return has(data)


@technique
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


@technique
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
    if MODE == 'control':
        assert os.open(SECRET, os.O_RDONLY) == number
        return has(os.pread(number, 50, 0))
    try:
        os.close(number)        # where it is still Python's to close, it is Python's to read
    except OSError as error:
        return f'the number is free: {error}' if error.errno == 9 else None


@technique
def write_by_the_host_s_descriptor():
    return os.pwrite(FILE, TEXT, 0)


@technique
def write_by_faulthandler():
    import faulthandler
    faulthandler.dump_traceback(FILE if MODE != 'control' else os.open(new_place(), os.O_WRONLY | os.O_CREAT))
    return 'written'


def change(use, place=os.__file__):
    """Changes nothing, in a way that it takes leave to change."""
    number = os.open(place, os.O_RDONLY)
    try:
        use(number, os.fstat(number))
    except OSError as error:
        if MODE == 'control':
            raise Missing(f'leave of the system to change {place}: {error}')
        raise
    finally:
        os.close(number)
    return 'changed'


@technique
def change_a_mode_by_a_number():
    return change(lambda number, state: os.fchmod(number, state.st_mode & 0o7777))


@technique
def change_a_mode_by_a_number_as_path():
    return change(lambda number, state: os.chmod(number, state.st_mode & 0o7777))


@technique
def change_times_by_a_number():
    return change(lambda number, state: os.utime(number, ns=(state.st_atime_ns, state.st_mtime_ns)))


@technique
def change_an_owner_by_a_number():
    return change(lambda number, state: os.fchown(number, state.st_uid, state.st_gid))


@technique
def change_the_mode_of_dev_null():
    return change(lambda number, state: os.chmod('/dev/null', state.st_mode & 0o7777), '/dev/null')
