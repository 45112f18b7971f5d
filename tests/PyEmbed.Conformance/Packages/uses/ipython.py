"""A shell without a terminal: cells, magics, history of outputs, completion, tracebacks, displayed objects."""

import os
import sys

os.environ["IPYTHONDIR"] = os.path.abspath("ipython")
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

config = Config()
config.HistoryManager.enabled = False
config.InteractiveShell.colors = "NoColor"
config.Completer.use_jedi = False
shell = InteractiveShell.instance(config=config)
for cell in ("x = 6 * 7\nx", "_ + 1", "%who", "%precision 3", "3.14159", "def f(n):\n    'Doc.'\n    return n", "f.__doc__",
             "files = !echo one two\nfiles", "import asyncio\nawait asyncio.sleep(0)\n'awaited'", "len(In)"):
    result = shell.run_cell(cell, store_history=True)
    print(repr(cell), result.success, repr(result.result))
result = shell.run_cell("1 / 0")
print(type(result.error_in_exec).__name__)
print(shell.complete("x.bit_l")[1], sorted(shell.magics_manager.magics["cell"])[:5])
print(shell.display_formatter.format({"a": [1] * 3})[0], shell.inspector.info(shell.user_ns["f"])["docstring"])
sys.stdout.flush()
