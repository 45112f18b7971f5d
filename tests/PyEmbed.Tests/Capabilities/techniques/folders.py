"""Looking at, listing, making, changing and removing what lies in folders that were not granted."""

import os

from techniques.support import FOLDER, GRANTED, KEPT, LINK, NOTHING, OUTSIDE, PROCESSES, READ, SECRET, WRITE, made, needs, new_place, technique


@technique(READ)
def look_with_stat():
    return os.stat(SECRET).st_size


@technique(READ)
def look_with_lstat():
    return os.lstat(SECRET).st_size


@technique(READ)
def look_with_access():
    return os.access(SECRET, os.R_OK)


@technique(READ)
def look_with_readlink():
    return os.readlink('/proc/self/exe')


@technique(READ)
def look_with_statvfs():
    return os.statvfs(FOLDER).f_bsize


@technique(READ)
def look_at_a_link_s_end_by_scandir():
    with os.scandir(GRANTED) as entries:
        return next(entry.stat().st_size for entry in entries if entry.name == 'link.txt')


@technique(READ)
def list_with_listdir():
    return os.listdir(FOLDER)


@technique(READ)
def list_with_scandir():
    return [entry.name for entry in os.scandir(FOLDER)]


def raising(error):
    raise error


@technique(READ)
def list_with_walk():
    return next(iter(os.walk(FOLDER, onerror=raising)))[2]


@technique(NOTHING)
def list_with_glob():
    """It takes what may not be looked at for what is not there."""
    import glob
    return glob.glob(os.path.join(FOLDER, '*.txt'))


@technique(WRITE)
def write_with_open():
    place = new_place()
    open(place, 'w').close()
    return made(place)


@technique(KEPT)
def move_what_pyembed_s_folder_lies_in():
    """So that another comes to its place, with code that is trusted there."""
    place = new_place(GRANTED)
    os.rename(os.path.join(GRANTED, 'kept'), place)
    os.rename(place, os.path.join(GRANTED, 'kept'))
    return made(place)


@technique(KEPT, leave=True)
def write_to_the_standard_library():
    place = os.path.join(os.path.dirname(os.__file__), f'pyembed_escape_{os.getpid()}.py')
    open(place, 'x').close()
    os.remove(place)
    return made(place)


@technique(WRITE)
def write_by_mkdir():
    place = new_place()
    os.mkdir(place)
    return made(place)


@technique(WRITE)
def write_by_rename():
    place = new_place()
    source = new_place(GRANTED)
    open(source, 'w').close()
    os.rename(source, place)
    return made(place)


@technique(WRITE)
def write_by_replace_from_outside():
    source = os.path.join(OUTSIDE, 'movable1.txt')
    os.replace(source, new_place(GRANTED))
    return made(source)


@technique(PROCESSES)
def write_by_link():
    place = new_place(GRANTED)
    os.link(SECRET, place)
    return made(place)


@technique(PROCESSES)
def write_by_symlink():
    place = new_place(GRANTED)
    os.symlink(SECRET, place)
    return made(place)


@technique(LINK)
def write_by_moving_a_link():
    """A link that others have made comes to another place."""
    place = new_place(GRANTED)
    os.rename(os.path.join(GRANTED, 'movable-link'), place)
    return made(place)


@technique(WRITE)
def write_by_a_dangling_link():
    place = os.path.join(GRANTED, 'dangling')
    open(place, 'w').close()
    return made(place)


@technique(PROCESSES)
def write_by_mkfifo():
    place = new_place()
    os.mkfifo(place)
    return made(place)


@technique(WRITE)
def write_by_truncate():
    place = os.path.join(OUTSIDE, 'movable2.txt')
    os.truncate(place, 0)
    return made(place)


@technique(WRITE)
def write_by_chmod():
    os.chmod(os.path.join(OUTSIDE, 'movable2.txt'), 0o600)
    return 'changed'


@technique(WRITE)
def write_by_utime():
    os.utime(os.path.join(OUTSIDE, 'movable2.txt'), (1, 1))
    return 'changed'


@technique(WRITE, leave=True)
def write_by_xattr():
    needs(os, 'setxattr')(os.path.join(OUTSIDE, 'movable2.txt'), 'user.a', b'b')
    return 'changed'


@technique(WRITE)
def remove_with_unlink():
    os.unlink(os.path.join(OUTSIDE, 'movable3.txt'))
    return 'removed'


@technique(WRITE)
def remove_by_a_folder_descriptor():
    folder = os.open(os.path.join(GRANTED, 'sub'), os.O_RDONLY)
    os.unlink('../../outside/movable4.txt', dir_fd=folder)
    return 'removed'
