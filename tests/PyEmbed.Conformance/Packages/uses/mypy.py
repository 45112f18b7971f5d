"""Types checked, with the stubs of the standard library that the package carries."""

import pathlib

import mypy.api
import mypy.version

pathlib.Path("checked.py").write_text('''
import re
from typing import Dict, List, Optional, Protocol, TypedDict
from dataclasses import dataclass

class Point(TypedDict):
    x: int

@dataclass
class Item:
    n: int = 0

def first(values: List[int]) -> Optional[str]:
    return values[0]

p: Point = {"x": "a"}
match = re.match("a", "b")
print(match.group())
Item(n="x").missing
reveal_type({k: len(k) for k in "ab"})
''')
out, errors, code = mypy.api.run(["--no-incremental", "--no-color-output", "--strict", "--config-file=", "--cache-dir=/dev/null", "--python-executable=", "checked.py"])
print(out, errors, code, sep="\n")
