"""Makes the wheel of the importer, for plain Python: ``wheel.py VERSION FOLDER`` writes it there and prints its path.

A wheel (PEP 427) is a zip with metadata; nothing but the standard library is needed to write one. The same sources give
the same bytes everywhere: nothing is compressed, and no file has a time.
"""

import base64
import hashlib
import io
import os
import re
import sys
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = os.path.join(ROOT, 'src', 'PyEmbed', 'Python', 'pyembed')

METADATA = '''\
Metadata-Version: 2.1
Name: pyembed
Version: {version}
Summary: Imports the Python trees that .NET assemblies carry, from memory, as if they were installed on disk
Author: PyEmbed contributors
License: MIT
License-File: LICENSE
Keywords: embedding,importer,.net
Classifier: License :: OSI Approved :: MIT License
Classifier: Programming Language :: Python :: 3 :: Only
Classifier: Programming Language :: Python :: Implementation :: CPython
Requires-Python: >=3.9
Description-Content-Type: text/markdown

What PyEmbed runs inside .NET applications, for plain Python: `pyembed.mount('App.dll')` makes the Python packages that an
assembly embeds importable, and so it does with zips, folders and mappings.

    python -m pyembed App.dll -m package.module arguments...
'''
WHEEL = '''\
Wheel-Version: 1.0
Generator: PyEmbed ({version})
Root-Is-Purelib: true
Tag: py3-none-any
'''


def make(version, sources=PACKAGE):
    """The wheel's bytes."""
    if not re.fullmatch(r'\d+(\.\d+)*', version):
        raise SystemExit(f'wheel.py: {version!r} is not a version that Python packages can have: numbers and dots are')
    files = {}
    for name in sorted(os.listdir(sources)):
        if name.endswith('.py'):
            files[f'pyembed/{name}'] = read(os.path.join(sources, name))
    stated = re.search(rb"^__version__ = '(.*)'$", files['pyembed/__init__.py'], re.M).group(1).decode()
    if stated != version:
        raise SystemExit(f'wheel.py: pyembed.__version__ is {stated!r}, and the version of the build is {version!r}')
    info = f'pyembed-{version}.dist-info'
    files[f'{info}/LICENSE'] = read(os.path.join(ROOT, 'LICENSE'))
    files[f'{info}/METADATA'] = METADATA.format(version=version).encode()
    files[f'{info}/WHEEL'] = WHEEL.format(version=version).encode()
    record = ''.join(f'{path},sha256={digest(content)},{len(content)}\n' for path, content in files.items())
    files[f'{info}/RECORD'] = f'{record}{info}/RECORD,,\n'.encode()

    target = io.BytesIO()
    with zipfile.ZipFile(target, 'w', zipfile.ZIP_STORED) as wheel:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)           # of 1980, which is what it is when nothing is said
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            wheel.writestr(entry, content)
    return target.getvalue()


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()


def read(path):
    """A text file, with the line ends that it has in the repository."""
    with open(path, 'rb') as file:
        return file.read().replace(b'\r\n', b'\n')


def main(version, folder):
    content = make(version)
    place = os.path.join(folder, f'pyembed-{version}-py3-none-any.whl')
    os.makedirs(folder, exist_ok=True)
    temporary = f'{place}.{os.getpid()}'            # two builds may run at once
    with open(temporary, 'wb') as file:
        file.write(content)
    os.replace(temporary, place)
    print(place)


if __name__ == '__main__':
    main(*sys.argv[1:])
