"""A project with data, an entry point and a dependency built as source archive and wheel; what pkg_resources says of itself."""

import contextlib
import io
import os
import pathlib
import tarfile
import zipfile

import setuptools
import pkg_resources
from setuptools import sandbox

pathlib.Path("p/data").mkdir(parents=True)
pathlib.Path("p/__init__.py").write_text("x = 1\n")
pathlib.Path("p/data/d.txt").write_text("data\n")
pathlib.Path("README.md").write_text("# Read\n")
arguments = dict(name="Proj.Name", version="1.0rc1", packages=setuptools.find_packages(), package_data={"p": ["data/*"]}, install_requires=["six>=1"],
                 entry_points={"console_scripts": ["p = p:main"]}, python_requires=">=3.6", description="D", long_description_content_type="text/markdown")
for command in (["sdist", "--formats=gztar"], ["bdist_wheel"], ["egg_info"]):
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        setuptools.setup(**arguments, script_name="setup.py", script_args=["-q", *command])
print(sorted(name for name in tarfile.open("dist/Proj.Name-1.0rc1.tar.gz").getnames()))
wheel = zipfile.ZipFile(next(pathlib.Path("dist").glob("*.whl")))
print(sorted(wheel.namelist()))
print(wheel.read(next(name for name in wheel.namelist() if name.endswith("METADATA"))).decode())
found = list(pkg_resources.find_distributions("."))
print(found[0].project_name, found[0].version, found[0].requires(), found[0].get_entry_map())
print(pkg_resources.parse_version("1.0") > pkg_resources.parse_version("1.0rc1"), pkg_resources.Requirement.parse("a[b]>1").extras, pkg_resources.safe_name("a b"))
print(pkg_resources.resource_exists("setuptools", "command/launcher manifest.xml") or pkg_resources.resource_isdir("setuptools", "command"), "build_py.py" in pkg_resources.resource_listdir("setuptools", "command"))
print(os.path.isfile("Proj.Name.egg-info/PKG-INFO") or os.path.isfile("Proj_Name.egg-info/PKG-INFO"), sandbox.__name__)
