"""Files and folders: what is granted, and what everybody has."""

import os

from checks.support import FOLDER, GRANTED, check, denied


@check('files')
def reads_and_writes_files():
    place = os.path.join(GRANTED, 'a.txt')
    with open(place, 'w', encoding='utf-8') as file:
        file.write('Grüße')
    with open(place, encoding='utf-8') as file:
        assert file.read() == 'Grüße'
    with open(place, 'ab') as file:
        file.write(b'!')
    with open(place, 'r+b') as file:
        assert file.read().endswith(b'!')
        file.truncate(0)
    assert os.path.getsize(place) == 0
    os.remove(place)
    assert not os.path.exists(place)


@check('files')
def reads_other_spellings():
    assert open(GRANTED + '/./sub/../file.txt').read() == 'granted'
    assert open(GRANTED + '//file.txt').read() == 'granted'
    assert os.listdir(GRANTED + '/')
    assert open(os.fsencode(GRANTED) + b'/file.txt').read() == 'granted'
    assert open(os.path.join(GRANTED, '..', 'granted', 'file.txt')).name.endswith(os.path.join('..', 'granted', 'file.txt'))


@check('files')
def names_that_are_no_ascii_and_no_utf8():
    for name in ('Ünï-文.txt', os.fsdecode(b'caf\xe9.txt')):
        place = os.path.join(GRANTED, name)
        with open(place, 'w') as file:
            file.write('x')
        assert name in os.listdir(GRANTED)
        os.remove(place)


@check('files')
def case_matters():
    denied(open, FOLDER + '/GRANTED/file.txt')


@check('files')
def a_link_to_a_granted_folder_leads_there():
    assert open(os.path.join(FOLDER, 'linked', 'file.txt')).read() == 'granted'


@check('files')
def a_single_file_may_be_granted():
    assert open(os.path.join(FOLDER, 'single', 'one.txt')).read() == '1'
    denied(open, os.path.join(FOLDER, 'single', 'one.txt.other'), words='Read')
    denied(open, os.path.join(FOLDER, 'single', 'one.txt'), 'w', words='Write')


@check('files')
def what_may_be_written_need_not_be_readable():
    place = os.path.join(FOLDER, 'drop', 'a.txt')
    with open(place, 'w') as file:
        file.write('x')
    assert os.path.exists(place) and os.stat(place).st_size == 1
    denied(open, place, words='Read')
    denied(os.listdir, os.path.dirname(place), words='Read')
    os.remove(place)


@check('files')
def missing_files_are_missing():
    denied(open, os.path.join(GRANTED, 'no', 'such'), error=FileNotFoundError)
    denied(os.stat, os.path.join(GRANTED, 'none'), error=FileNotFoundError)
    denied(open, os.path.join(GRANTED, 'file.txt', 'below'), error=NotADirectoryError)


@check('files')
def folders_and_pathlib():
    import pathlib
    top = pathlib.Path(GRANTED) / 'made' / 'deep'
    top.mkdir(parents=True)
    (top / 'a.txt').write_text('a')
    (top / 'a.txt').rename(top / 'b.txt')
    (top / 'b.txt').touch()
    assert [path.name for path in top.iterdir()] == ['b.txt']
    assert [path.name for path in (pathlib.Path(GRANTED) / 'made').rglob('*.txt')] == ['b.txt']
    assert (top / 'b.txt').resolve().is_file() and (top / 'b.txt').stat().st_size == 1
    os.replace(top / 'b.txt', top / 'c.txt')
    os.chmod(top / 'c.txt', 0o600)
    os.utime(top / 'c.txt', (1, 1))
    os.rename(top, top.parent / 'moved')
    assert sorted(name for _, _, names in os.walk(top.parent) for name in names) == ['c.txt']
    import shutil
    shutil.copytree(top.parent, pathlib.Path(GRANTED) / 'copy')
    shutil.rmtree(pathlib.Path(GRANTED) / 'copy')
    shutil.rmtree(top.parent)
    assert not top.parent.exists()


@check('files')
def temporary_files_maps_and_archives():
    import mmap
    import tempfile
    import zipfile
    with tempfile.NamedTemporaryFile(dir=GRANTED) as file:
        file.write(b'12345')
        file.flush()
        with mmap.mmap(file.fileno(), 0) as mapped:
            assert mapped[:] == b'12345'
        assert os.fstat(file.fileno()).st_size == 5
        os.fsync(file.fileno())
    with tempfile.TemporaryDirectory(dir=GRANTED) as folder:
        handle, place = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, 'wb') as file:
            file.write(b'x')
        with zipfile.ZipFile(os.path.join(folder, 'a.zip'), 'w') as archive:
            archive.write(place, 'x')
        with zipfile.ZipFile(os.path.join(folder, 'a.zip')) as archive:
            assert archive.read('x') == b'x'
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b'x')


@check('files')
def entries_of_folders():
    with os.scandir(GRANTED) as entries:
        found = {entry.name: entry for entry in entries}
    assert found['file.txt'].is_file() and found['file.txt'].stat().st_size == 7
    assert found['sub'].is_dir()
    assert not found['link.txt'].is_file(follow_symlinks=False)
    assert found['link.txt'].is_symlink()


@check('files')
def null_is_open_to_all():
    with open(os.devnull, 'w') as file:
        file.write('x')
    assert open(os.devnull).read() == ''
