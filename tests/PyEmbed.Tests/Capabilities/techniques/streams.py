"""The standard streams, where the host's input and errors are files: what lies in them is read, changed or cut by way of the number."""

import io
import os
import sys

from techniques.support import ending, has, technique

INPUT, ERRORS = 0, 2
STREAM = ending(PermissionError, '.* is denied: the standard streams are the host')


@technique(STREAM)
def read_the_errors_back_at_a_place():
    return has(os.pread(ERRORS, 100, 0))


@technique(STREAM)
def read_the_errors_back_by_a_copy_of_the_number():
    number = os.dup(ERRORS)
    os.lseek(number, 0, 0)
    return has(os.read(number, 100))


@technique(STREAM)
def read_the_errors_back_by_their_number():
    data = os.read(ERRORS, 100)
    return data or 'read up to the end'


@technique(STREAM)
def read_the_errors_back_as_a_file():
    return io.FileIO(ERRORS, 'r', closefd=False).readall() or 'read up to the end'


@technique(STREAM)
def read_the_errors_back_as_a_file_that_is_written():
    return io.FileIO(ERRORS, 'w+', closefd=False).readall() or 'read up to the end'


@technique(STREAM)
def read_the_errors_back_by_mapping():
    import mmap
    return has(mmap.mmap(ERRORS, 0, access=mmap.ACCESS_READ)[:])


@technique(STREAM)
def read_the_errors_back_by_sendfile():
    reading, writing = os.pipe()
    os.sendfile(writing, ERRORS, 0, 100)
    return has(os.read(reading, 100))


@technique(STREAM)
def cut_the_errors_by_their_number():
    os.ftruncate(ERRORS, os.fstat(ERRORS).st_size)
    return 'cut'


@technique(STREAM)
def cut_the_errors_by_their_number_as_path():
    os.truncate(ERRORS, os.fstat(ERRORS).st_size)
    return 'cut'


@technique(STREAM)
def cut_the_errors_by_their_file():
    sys.__stderr__.buffer.raw.truncate(os.fstat(ERRORS).st_size)
    return 'cut'


@technique(STREAM)
def write_the_errors_elsewhere_by_their_file():
    return f'at {io.FileIO.seek(sys.__stderr__.buffer.raw, 0, os.SEEK_CUR)}'


@technique(STREAM)
def write_the_errors_elsewhere_by_their_number():
    return f'at {os.lseek(ERRORS, 0, os.SEEK_CUR)}'


@technique(STREAM)
def change_the_mode_of_the_errors():
    os.fchmod(ERRORS, os.fstat(ERRORS).st_mode & 0o7777)
    return 'changed'


@technique(STREAM)
def have_writing_the_errors_fail():
    os.set_blocking(ERRORS, True)
    return 'set'


@technique(STREAM)
def put_a_file_in_the_place_of_the_errors():
    os.dup2(os.dup(ERRORS), ERRORS)
    return 'put'


@technique(STREAM)
def write_to_the_input():
    return os.write(INPUT, b'x')


@technique(STREAM)
def write_to_the_input_at_a_place():
    return os.pwrite(INPUT, b'x', 0)


@technique(STREAM)
def write_to_the_input_as_a_file():
    return io.FileIO(INPUT, 'w', closefd=False).write(b'x')


@technique(STREAM)
def read_the_input_once_more():
    return f'at {sys.__stdin__.buffer.raw.seek(0)}'
