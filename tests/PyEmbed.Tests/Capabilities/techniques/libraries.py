"""Files by way of the standard library's modules, and of what PyEmbed imports from."""

import importlib
import io
import os
import sys

from techniques.support import GRANTED, NATIVE_CODE, NATIVE_MODULE, NOTHING, OUTSIDE, PROCESSES, READ, SECRET, WRITE, by, ending, has, made, Missing, module, needs, new_place, technique


@technique(READ)
def read_with_pathlib():
    import pathlib
    return has(pathlib.Path(SECRET).read_text())


@technique(NOTHING)
def read_with_linecache():
    """It gives no lines of what cannot be read."""
    import linecache
    linecache.clearcache()
    return has(linecache.getline(SECRET, 1))


@technique(READ)
def read_with_tokenize():
    import tokenize
    with tokenize.open(SECRET) as file:
        return has(file.read())


@technique(READ)
def read_with_a_source_loader():
    from importlib.machinery import SourceFileLoader
    return has(SourceFileLoader('x', SECRET).get_data(SECRET))


@technique(READ)
def read_with_pyembed_s_loader():
    loader = sys.modules['pyembed._host'].__loader__
    return has(loader.get_data(SECRET))


@technique(READ)
def read_by_pyembed_mount():
    import pyembed
    root = pyembed.mount(OUTSIDE)
    try:
        return has(next(open_in for open_in in [importlib.import_module('outside_module').TEXT]))
    finally:
        pyembed.unmount(root)


@technique(ending('ModuleNotFoundError', "No module named 'outside_module'"))
def read_by_import_from_a_folder():
    sys.path.append(OUTSIDE)
    try:
        importlib.invalidate_caches()
        sys.modules.pop('outside_module', None)
        return has(importlib.import_module('outside_module').TEXT)
    finally:
        sys.path.remove(OUTSIDE)


@technique(READ)
def read_with_codecs():
    import codecs
    return has(codecs.open(SECRET, encoding='ascii').read())


@technique(READ)
def read_with_fileinput():
    import fileinput
    with fileinput.input(SECRET) as lines:
        return has(''.join(lines))


@technique(by('Read', 'URLError'))
def read_with_urllib():
    from urllib.request import urlopen
    return has(urlopen(f'file://{SECRET}').read())


@technique(NATIVE_MODULE)
def write_with_sqlite():
    sqlite3 = module('sqlite3')
    connection = sqlite3.connect(':memory:')
    connection.execute('attach ? as other', (new_place(),))
    connection.execute('create table other.t (a)')
    return made('a database')


@technique(PROCESSES)
def write_with_dbm():
    place = new_place()
    module('dbm.dumb').open(place, 'n').close()
    return made(place)


@technique(NOTHING)
def read_with_configparser():
    """It passes over what cannot be read."""
    import configparser
    try:
        configparser.ConfigParser().read(SECRET)
    except configparser.MissingSectionHeaderError as error:
        return has(error)


# Of a name of its own, and valid for a hundred years; nobody else trusts it.
CERTIFICATE, CERTIFICATE_NAME = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggh3LSLOf7CzCm5Jk
f2qUAzReqUUiWgIOD2hoy4p+JVmhRANCAASCvcjlcTydV1taPTk0nvm6Az7zw4pC
yGOG5MG2mk96k/2pTskn+xyeR1Y+t2+obwh9FP8+AYC0fuK+IMlMhBfk
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBYTCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIK9yOVxPJ1XW1o9
OTSe+boDPvPDikLIY4bkwbaaT3qT/alOySf7HJ5HVj63b6hvCH0U/z4BgLR+4r4g
yUyEF+SjSDBGMA8GA1UdEwEB/wQFMAMBAf8wFAYDVR0RBA0wC4IJbG9jYWxob3N0
MB0GA1UdDgQWBBSnfOTKIMjeRb0+2DEPFCtCHPz+QzAKBggqhkjOPQQDAgNIADBF
AiADEsMZFle0OI357ENhO++5+RM/0jXUTQhGR2MkiQq03wIhAIY0MCu/F5AaSUEb
4v6pxqyuC/PLzDaNOA9md+kaxNKV
-----END CERTIFICATE-----
""", 'ce275665.0'


@technique(ending(PermissionError, r'.*ssl\.load_verify_locations is denied: .*name one folder'))
def trust_a_certificate_in_a_list_of_folders():
    """OpenSSL takes one path for a list of them."""
    ssl = module('ssl')
    client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client.load_verify_locations(capath=f'{GRANTED}/certificates:{OUTSIDE}')
    for place in os.path.join(OUTSIDE, CERTIFICATE_NAME), os.path.join(GRANTED, 'server.pem'):
        with open(place, 'w') as file:
            file.write(CERTIFICATE)
    server.load_cert_chain(os.path.join(GRANTED, 'server.pem'))
    sent, received = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(received, sent, server_hostname='localhost'), server.wrap_bio(sent, received, server_side=True)]
    for end in ends * 3:
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            pass
    return ends[0].getpeercert()['subject']


@technique(READ)
def read_certificates_with_ssl():
    ssl = module('ssl')
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(SECRET)
    except PermissionError:
        raise
    except ssl.SSLError as error:
        return f'OpenSSL has read it: {error.reason}'


@technique(ending('AttributeError', '.*keylog_filename'))
def write_keys_with_ssl():
    ssl = module('ssl')
    place = new_place()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ssl.SSLContext.keylog_filename.__set__(context, place)
    return made(place)


@technique(NATIVE_CODE)
def read_by_gettext():
    """The C library opens the catalogue, wherever the domain leads, and trusts its offsets; CPython raises no event."""
    import locale
    import struct
    needs(locale, 'bindtextdomain')
    domain = '../../../outside/catalogue'
    locale.bindtextdomain(domain, GRANTED)
    key, text = b'key', b's3cret'
    with open(os.path.join(OUTSIDE, 'catalogue.mo'), 'wb') as file:
        file.write(struct.pack('<11I', 0x950412DE, 0, 1, 28, 36, 0, 44, len(key), 44, len(text), 48) + key + b'\0' + text + b'\0')
    os.makedirs(os.path.join(GRANTED, 'C.UTF-8', 'LC_MESSAGES'), exist_ok=True)
    before = locale.setlocale(locale.LC_MESSAGES)
    try:
        locale.setlocale(locale.LC_MESSAGES, 'C.UTF-8')
        return has(locale.dgettext(domain, 'key'))
    except locale.Error:
        raise Missing('the locale C.UTF-8')
    finally:
        locale.setlocale(locale.LC_MESSAGES, before)


@technique(by('Read', KeyError))
def read_users():
    import pwd
    return pwd.getpwuid(os.getuid()).pw_name


@technique(WRITE)
def write_by_tempfile():
    import tempfile
    with tempfile.NamedTemporaryFile(dir=OUTSIDE) as file:
        return made(file.name)


@technique(WRITE)
def write_by_shutil():
    import shutil
    place = new_place()
    shutil.copyfile(os.path.join(GRANTED, 'file.txt'), place)
    return made(place)


@technique(WRITE)
def write_by_a_log_handler():
    import logging.handlers
    place = new_place()
    logging.handlers.RotatingFileHandler(place).close()
    return made(place)


@technique(WRITE)
def write_by_a_zip():
    import zipfile
    place = new_place()
    zipfile.ZipFile(place, 'w').close()
    return made(place)


@technique(by('Processes', ImportError))
def write_by_posix_shared_memory():
    shared = module('multiprocessing.shared_memory').SharedMemory(create=True, size=10)
    shared.close()
    shared.unlink()
    return made('shared memory')


@technique(READ)
def remove_with_rmtree():
    import shutil
    shutil.rmtree(os.path.join(OUTSIDE, 'tree'))
    return 'removed'


@technique(READ)
def read_by_a_pickle():
    import pickle
    return has(pickle.loads(b"cbuiltins\nopen\n(V" + SECRET.encode() + b"\ntR.").read())
