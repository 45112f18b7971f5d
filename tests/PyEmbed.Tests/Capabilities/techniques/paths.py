"""Files by path: links, dots, prefixes, folder descriptors, /proc, and paths that say different things when asked."""

import io
import os

from techniques.support import FILE, FOLDER, GRANTED, MODE, SECRET, has, technique


@technique
def read_with_open():
    with open(SECRET) as file:
        return has(file.read())


@technique
def read_with_fileio():
    return has(io.FileIO(SECRET).readall())


@technique
def read_with_a_path_that_changes():
    class Two:
        """Another path each time it is asked."""

        def __init__(self):
            self.paths = [os.path.join(GRANTED, 'file.txt'), SECRET, SECRET]

        def __fspath__(self):
            return self.paths.pop(0)

    path = Two()
    path.paths.pop(0) if MODE == 'control' else None
    return has(os.read(os.open(path, os.O_RDONLY), 100))


@technique
def read_with_a_str_subclass():
    class Name(str):
        def __str__(self):
            return os.path.join(GRANTED, 'file.txt')
        __fspath__ = encode = __str__

    return has(open(Name(SECRET)).read())


@technique
def read_with_os_open():
    handle = os.open(SECRET, os.O_RDONLY)
    return has(os.read(handle, 100))


@technique
def read_with_open_code():
    return has(io.open_code(SECRET).read())


@technique
def read_by_a_link():
    return has(open(os.path.join(GRANTED, 'link.txt')).read())


@technique
def read_by_a_linked_folder():
    return os.listdir(os.path.join(GRANTED, 'link'))


@technique
def read_by_dots():
    return has(open(os.path.join(GRANTED, '..', 'secret.txt')).read())


@technique
def read_by_dots_in_bytes():
    return has(open(os.fsencode(GRANTED) + b'/sub/../../secret.txt').read())


@technique
def read_by_a_prefix_that_is_no_folder():
    return has(open(GRANTED + '-not/secret.txt').read())


@technique
def read_by_the_current_folder():
    before = os.getcwd()
    os.chdir(FOLDER)
    try:
        return has(open('secret.txt').read())
    finally:
        os.chdir(before)


@technique
def read_by_a_folder_descriptor():
    folder = os.open(GRANTED, os.O_RDONLY)
    return has(os.read(os.open('../secret.txt', os.O_RDONLY, dir_fd=folder), 100))


@technique
def read_by_a_folder_descriptor_that_lies():
    class Number(int):
        def __index__(self):
            return int(self)

    folder = os.open(FOLDER, os.O_RDONLY)
    return has(os.read(os.open('secret.txt', os.O_RDONLY, dir_fd=Number(folder)), 100))


@technique
def read_by_proc_root():
    return has(open(f'/proc/self/root{SECRET}').read())


@technique
def read_by_proc_fd():
    return has(open(f'/proc/self/fd/{FILE}').read())


@technique
def read_by_dev_fd():
    return has(open(f'/dev/fd/{FILE}').read())


@technique
def read_by_proc_thread():
    return has(open(f'/proc/{os.getpid()}/task/{os.getpid()}/fd/{FILE}').read())


@technique
def read_memory_by_proc():
    return open('/proc/self/maps').read(20)


@technique
def list_by_dots_and_a_slash():
    """What comes to be asked for is the place that was looked at, so that moving a folder meanwhile leads nowhere else."""
    from threading import Thread
    import time
    here = os.path.join(GRANTED, 'race', 'p', 'q', 'r', 's')
    os.makedirs(here, exist_ok=True)
    top = os.path.join(GRANTED, 'race')
    deep, shallow, path = os.path.join(top, 'p', 'q', 'r'), os.path.join(top, 'r'), os.path.join(top, 'p', 'q', 'r') + '/s/..' * 600 + '/../../../'
    if MODE == 'control':
        return os.listdir(path + '../')
    end, found = time.time() + 1, []

    def move():
        while time.time() < end:
            for one, other in (deep, shallow), (shallow, deep):
                try:
                    os.rename(one, other)
                except OSError:
                    pass

    thread = Thread(target=move)
    thread.start()
    while time.time() < end:
        try:
            found.extend(name for name in os.listdir(path) if name == 'secret.txt' or name == 'race')
        except OSError:
            pass
    thread.join()
    return found or None
