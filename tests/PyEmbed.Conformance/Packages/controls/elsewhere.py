"""Imports a module that lies on disk, beside what is embedded."""

import pathlib
import sys

pathlib.Path("beside.py").write_text("x = 1\n", encoding="utf-8")
sys.path.append(str(pathlib.Path.cwd()))
import beside

print(beside.x)
