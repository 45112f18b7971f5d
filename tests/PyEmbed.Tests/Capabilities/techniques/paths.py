"""Files by path: links, dots, prefixes, folder descriptors, /proc, and paths that say different things when asked."""

import io
import os

from techniques.support import FILE, FOLDER, GRANTED, NOTHING, PROCESSES, READ, SECRET, has, technique


@technique(READ)
def read_with_open():
    with open(SECRET) as file:
        return has(file.read())


@technique(READ)
def read_with_fileio():
    return has(io.FileIO(SECRET).readall())


@technique(READ)
def read_with_a_path_that_changes():
    """Other paths the first times it is asked, however often whoever decides asks."""
    class Path:
        def __init__(self, harmless):
            self.paths = [os.path.join(GRANTED, 'file.txt')] * harmless

        def __fspath__(self):
            return self.paths.pop() if self.paths else SECRET

    denial = None
    for harmless in range(4):
        try:
            data = has(os.read(os.open(Path(harmless), os.O_RDONLY), 100))
        except PermissionError as error:
            denial = error
        else:
            if data:
                return data
    raise denial


@technique(READ)
def read_with_a_str_subclass():
    class Name(str):
        def __str__(self):
            return os.path.join(GRANTED, 'file.txt')
        __fspath__ = encode = __str__

    return has(open(Name(SECRET)).read())


@technique(READ)
def read_with_os_open():
    handle = os.open(SECRET, os.O_RDONLY)
    return has(os.read(handle, 100))


@technique(READ)
def read_with_open_code():
    return has(io.open_code(SECRET).read())


@technique(READ)
def read_by_a_link():
    return has(open(os.path.join(GRANTED, 'link.txt')).read())


@technique(READ)
def read_by_a_linked_folder():
    return os.listdir(os.path.join(GRANTED, 'link'))


@technique(READ)
def read_by_dots():
    return has(open(os.path.join(GRANTED, '..', 'secret.txt')).read())


@technique(READ)
def read_by_dots_in_bytes():
    return has(open(os.fsencode(GRANTED) + b'/sub/../../secret.txt').read())


@technique(READ)
def read_by_a_prefix_that_is_no_folder():
    return has(open(GRANTED + '-not/secret.txt').read())


@technique(PROCESSES)
def read_by_the_current_folder():
    before = os.getcwd()
    os.chdir(FOLDER)
    try:
        return has(open('secret.txt').read())
    finally:
        os.chdir(before)


@technique(READ)
def read_by_a_folder_descriptor():
    folder = os.open(GRANTED, os.O_RDONLY)
    return has(os.read(os.open('../secret.txt', os.O_RDONLY, dir_fd=folder), 100))


@technique(READ)
def read_by_a_folder_descriptor_that_lies():
    class Number(int):
        def __index__(self):
            return int(self)

    folder = os.open(FOLDER, os.O_RDONLY)
    return has(os.read(os.open('secret.txt', os.O_RDONLY, dir_fd=Number(folder)), 100))


@technique(READ)
def read_by_proc_root():
    return has(open(f'/proc/self/root{SECRET}').read())


@technique(READ)
def read_by_proc_fd():
    return has(open(f'/proc/self/fd/{FILE}').read())


@technique(READ)
def read_by_dev_fd():
    return has(open(f'/dev/fd/{FILE}').read())


@technique(READ)
def read_by_proc_thread():
    return has(open(f'/proc/{os.getpid()}/task/{os.getpid()}/fd/{FILE}').read())


@technique(READ)
def read_memory_by_proc():
    return open('/proc/self/maps').read(20)


@technique(NOTHING, race=True)
def list_by_dots_and_a_slash():
    """Moves a folder while the system walks through it and up again: what it was decided on is then what is listed, or the folder is gone."""
    import time
    from threading import Thread
    top = os.path.join(GRANTED, 'race')
    os.makedirs(os.path.join(top, 'p', 'q', 'r', 's'), exist_ok=True)
    deep, shallow = os.path.join(top, 'p', 'q', 'r'), os.path.join(top, 'r')
    path = deep + '/s/..' * 600 + '/../../../'
    done = []

    def move():
        while not done:
            for one, other in (deep, shallow), (shallow, deep):
                try:
                    os.rename(one, other)
                except OSError:
                    pass

    thread = Thread(target=move)
    thread.start()
    try:
        listed = 0
        for _ in range(20000):
            try:
                names = os.listdir(path)
            except OSError:
                time.sleep(0)       # the folder was elsewhere
                continue
            listed += 1
            if 'secret.txt' in names:
                return names
            if listed == 500:
                break
    finally:
        done.append(True)
        thread.join()
