"""The snippets of docs/bundles.md, in their order: those of A in one process, those of B in one of another CPython where there
is any. What a snippet prints is what the comment beside it says, and what one system writes is there on the other one then."""

import ast
import os
import re
import shutil
import subprocess
import unittest

from support import PACKAGE, TreeCase
from systems import System, pythons

_DOCS = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'docs'))
SHOP = {
    'shop/__init__.py': '',
    'shop/prices.py': 'PRICES = {"tea": 3.5}\n',
    'shop/orders.py': 'import json\nfrom .prices import PRICES\n\n\ndef total(order):\n    return round(sum(PRICES[name] * count for name, count in order.items()))\n\n\n'
                      'def refund():\n    from . import bank\n    return bank.pay()\n',
    'shop/bank.py': 'import nowhere\n',
    'shop/checks.py': 'import sys\n\n\ndef is_windows():\n    return sys.platform == "plan9"\n\n\ndef has_numpy():\n    return False\n',
    'shop/win.py': 'raise RuntimeError("on plan9 only")\n',
    'shop/fast.py': '',
    'shop/report.py': 'from . import pages\nfrom .pages import cover\n\ntitle = cover.line("Orders")\n',
    'shop/pages/__init__.py': '',
    'shop/pages/cover.py': 'def line(name):\n    return f"{name} of shop"\n',
    'drafts/engine.py': 'import mars_only\nfrom . import orders\n',
    'drafts/gears/__init__.py': '',
}
_RUN = '''
import contextlib, io
printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    exec(compile(snippet, 'bundles.md', 'exec'), globals())
result = printed.getvalue()
'''


def page():
    with open(os.path.join(_DOCS, 'bundles.md'), encoding='utf-8') as file:
        return file.read()


def announced(snippet):
    """What the comments beside a snippet's calls of print() say that they print."""
    lines = snippet.splitlines()
    calls = [node for node in ast.walk(ast.parse(snippet)) if isinstance(node, ast.Call) and getattr(node.func, 'id', None) == 'print']
    return [lines[call.end_lineno - 1].rpartition('  # ')[2] for call in sorted(calls, key=lambda call: call.lineno)]


class PageTest(TreeCase):
    def test_the_snippets_do_what_they_say(self):
        found = re.findall(r'```(\w+)\n(.*?)```', page(), re.S)
        self.assertGreater(len(found), 10)
        there = next((python for python in pythons()[1:] if os.path.basename(python) != os.path.basename(pythons()[0])), pythons()[0])
        shop = self.folder({path: content for path, content in SHOP.items() if path.startswith('shop/')})
        with System(pythons()[0], path=[PACKAGE, shop]) as a, System(there) as b:
            os.makedirs(os.path.join(a.folder, 'drafts', 'gears'))
            for path in ('drafts/engine.py', 'drafts/gears/__init__.py'):
                with open(os.path.join(a.folder, path), 'w') as file:
                    file.write(SHOP[path])
            for language, snippet in found:
                with self.subTest(snippet):
                    if language == 'sh':
                        self.run_shell(snippet, b)
                        continue
                    if language == 'csharp':
                        continue            # not for Python to run
                    self.assertEqual(language, 'python')
                    mark, _, _ = snippet.partition('\n')
                    self.assertIn(mark, ('# On A', '# On B'))
                    here, other = (a, b) if mark == '# On A' else (b, a)
                    self.assertEqual(here.run(_RUN, snippet=snippet).splitlines(), announced(snippet))
                    for name in os.listdir(here.folder):
                        if name != 'drafts':
                            shutil.copy(os.path.join(here.folder, name), other.folder)

    def run_shell(self, snippet, system):
        if os.name == 'nt':
            return
        environment = {name: value for name, value in os.environ.items() if not name.startswith('PYTHON')}
        done = subprocess.run(['sh', '-ec', snippet.replace('python3', f'"{system.python}" -S')], cwd=system.folder, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding='utf-8', timeout=120)
        self.assertEqual((done.returncode, done.stdout), (0, '7\n'), done.stderr)

    def test_every_link_leads_somewhere(self):
        for target in re.findall(r'\]\(([^)]+)\)', page()):
            path, _, anchor = target.partition('#')
            with open(os.path.join(_DOCS, path or 'bundles.md'), encoding='utf-8') as file:
                titles = [re.sub(r'[^\w\- ]', '', title.lower()).replace(' ', '-') for title in re.findall(r'^#+ (.*)$', file.read(), re.M)]
            if anchor:
                self.assertIn(anchor, titles, target)


if __name__ == '__main__':
    unittest.main()
