"""Import policy: its rules, the list of powerful modules, and that what is allowed works."""

import importlib.util
import os
import pkgutil
import re
import subprocess
import sys
import unittest

from policysupport import run
from support import PACKAGE
from pyembed._powerful import PLAIN, POWERFUL, powerful
from pyembed._rules import Rules

DOCUMENT = os.path.normpath(os.path.join(PACKAGE, '..', '..', '..', 'docs', 'powerful-modules.md'))
LIBRARY = os.path.dirname(os.__file__)


def library_names():
    """The top-level names of this Python's standard library: those that it lists, and those that are there."""
    names = set(getattr(sys, 'stdlib_module_names', ())) | set(sys.builtin_module_names)
    for folder in (LIBRARY, os.path.join(LIBRARY, 'lib-dynload')):
        if os.path.isdir(folder):
            names |= {info.name for info in pkgutil.iter_modules([folder])}
    # Put there by distributors and build systems, and by other projects.
    return {name for name in names if not name.startswith(('_sysconfigdata_', '__editable__')) and name not in ('sitecustomize', 'usercustomize')}


class RuleTests(unittest.TestCase):

    def check(self, rules, allowed, denied):
        for name in allowed:
            self.assertIsNone(rules.denial(name), name)
        for name in denied:
            self.assertIsNotNone(rules.denial(name), name)

    def test_a_prefix_covers_what_is_below_and_nothing_else(self):
        self.check(Rules(False, ['a', 'b.c'], []), ['a', 'a.b', 'a.b.c', 'b.c', 'b.c.d'], ['ab', 'b.cd', 'b.d', 'c', 'os'])

    def test_packages_on_the_way_are_allowed(self):
        self.check(Rules(False, ['a.b.c'], []), ['a', 'a.b', 'a.b.c'], ['a.c', 'a.b.d'])
        self.check(Rules(True, ['os.path'], []), ['os', 'os.path'], ['posixpath', 'os.other'])

    def test_deny_wins(self):
        self.check(Rules(False, ['a'], ['a.b']), ['a', 'a.c', 'a.bc'], ['a.b', 'a.b.c'])
        self.check(Rules(False, ['a.b.c'], ['a']), [], ['a', 'a.b.c'])
        self.check(Rules(False, None, ['*']), [], ['a', 'json', 'builtins'])
        self.check(Rules(False, ['*'], ['os']), ['json', 'socket', 'osx'], ['os', 'os.path'])

    def test_without_lists_only_powerful_modules_are_denied(self):
        self.check(Rules(True, None, []), ['json', 'mygame', 'http', 'http.cookies', 'xml.etree.ElementTree', 'importlib', 'importlib.resources', 'logging', 'sys'],
                   ['os', 'os.path', 'http.client', 'xml.sax.handler', 'importlib.util', 'logging.config', 'pyembed', 'pyembed._mounts', 'threading', 'ctypes.util'])
        self.check(Rules(False, None, []), ['os', 'json', 'pyembed'], [])

    def test_powerful_modules_must_be_named(self):
        self.check(Rules(True, ['*'], []), ['json', 'anything'], ['os', 'socket'])
        self.check(Rules(True, ['*', 'socket'], []), ['json', 'socket'], ['os', '_socket'])
        self.check(Rules(True, ['importlib', 'http', 'xml'], []), ['importlib', 'http.cookies'], ['importlib.util', 'http.client', 'xml.sax'])
        self.check(Rules(True, ['importlib.util', 'multiprocessing.queues'], []), ['importlib.util', 'importlib', 'multiprocessing.queues', 'multiprocessing'],
                   ['importlib.machinery', 'multiprocessing.pool'])
        self.check(Rules(False, ['*'], []), ['os', 'socket', 'json'], [])
        self.check(Rules(False, ['importlib'], []), ['importlib.util'], ['os'])

    def test_what_the_language_needs_is_never_denied_by_an_allow_list(self):
        rules = Rules(True, ['mygame'], [])
        rules.standard |= {'encodings.cp1252', '_sysconfigdata__linux_'}
        self.check(rules, ['__future__', 'builtins', 'encodings.cp1252', '_codecs_cn', '_sysconfigdata__linux_', 'typing', '_strptime', '__main__'],
                   ['time', 're', 'json', 'sys', 'encodings.mine', '_codecs_mine', '_sysconfigdata_mine'])
        self.check(Rules(True, ['datetime'], []), ['datetime', 'time', '_strptime'], ['re', 'calendar'])
        self.check(Rules(True, ['mygame'], ['typing']), [], ['typing'])

    def test_private_modules_that_pickle_names_go_with_the_public_ones(self):
        self.check(Rules(True, ['operator', 'pickle'], []), ['_operator', '_codecs'], ['_functools', '_heapq', 'codecs'])
        self.check(Rules(True, ['operator', 'pickle'], ['_operator', 'pickle']), [], ['_operator', '_codecs'])

    def test_rules_say_which(self):
        self.assertEqual("Deny names 'a.b'", Rules(False, None, ['a.b']).denial('a.b.c'))
        self.assertEqual('Allow does not name it', Rules(False, ['a'], []).denial('b'))
        self.assertIn("'importlib.util' is a powerful module (the import system: ", Rules(True, None, []).denial('importlib.util'))


class PowerfulModuleTests(unittest.TestCase):

    def test_every_module_of_the_standard_library_is_classified(self):
        tops = {name for name in POWERFUL if '.' not in name}
        self.assertEqual(set(), library_names() - tops - PLAIN)

    def test_no_module_is_in_both_lists(self):
        self.assertEqual(set(), {name for name in POWERFUL if '.' not in name} & PLAIN)
        for name in POWERFUL:
            top = name.partition('.')[0]
            self.assertEqual('.' in name, top in PLAIN, name)

    def test_what_a_powerful_module_of_importlib_shows_is_of_powerful_modules(self):
        for name in 'importlib.readers', 'importlib.machinery':
            if importlib.util.find_spec(name):
                for shown, value in vars(importlib.import_module(name)).items():
                    module = getattr(value, '__module__', None) or ''
                    if isinstance(value, type) and module.startswith(('importlib.', '_frozen_importlib')) and not module.endswith('.abc'):
                        self.assertTrue(powerful(module), f'{module}.{shown}')

    def test_a_module_that_is_not_known_is_denied(self):
        rules = Rules(True, None, [])
        rules.standard |= {'brandnew'}
        self.assertIn("'brandnew' is a powerful module (a module of the standard library that this version of PyEmbed does not know)", rules.denial('brandnew.sub'))
        self.assertIsNone(rules.denial('mine'))

    @unittest.skipUnless(os.path.exists(DOCUMENT), 'the documentation is not beside this package')
    def test_the_document_lists_them_with_the_reasons(self):
        with open(DOCUMENT, encoding='utf-8') as stream:
            text = stream.read()
        listed = {}
        for part in text.split('\n## ')[1:]:
            kind = part.partition('\n')[0]
            for name, gives in re.findall(r'^\| `([\w.]+)` \| (.+) \|$', part, re.M):
                listed[name] = f'{kind[0].lower()}{kind[1:]}: {gives}'
        self.assertEqual(POWERFUL, listed)


# What scripts do with modules that Restricted allows.
USES = {
    'json': "assert json.loads(json.dumps({'a': [1, 2.5, None]})) == {'a': [1, 2.5, None]}\ntry: json.loads('{')\nexcept json.JSONDecodeError: pass\nelse: raise AssertionError",
    're': "assert re.sub(r'(a)(b)', r'\\2\\1', 'ab') == 'ba' and re.compile('x+').findall('xxyx') == ['xx', 'x']",
    'decimal': "assert str(decimal.Decimal('1.1') + 2) == '3.1' and decimal.Decimal(2).sqrt(decimal.Context(5)) == decimal.Decimal('1.4142')",
    'datetime': "d = datetime.datetime.strptime('2024-02-29 12:30', '%Y-%m-%d %H:%M')\nassert d.strftime('%d.%m.%Y') == '29.02.2024' and d.timetuple().tm_yday == 60\n"
                "datetime.datetime.now().isoformat(); datetime.date.today(); datetime.datetime.now(datetime.timezone.utc).astimezone()",
    'time': "time.strptime('2024', '%Y'); time.strftime('%Y'); time.time(); time.perf_counter()",
    'random': "r = random.Random(1)\nassert r.random() != r.random(); random.shuffle([1, 2]); random.SystemRandom().random()",
    'statistics': "assert statistics.median([1, 2, 3]) == 2 and statistics.pstdev([1, 1]) == 0",
    'dataclasses': "@dataclasses.dataclass(order=True, frozen=True)\nclass C:\n    x: int = 1\n    y: list = dataclasses.field(default_factory=list)\n"
                   "assert dataclasses.asdict(C(2)) == {'x': 2, 'y': []} and C(1) < C(2) and repr(C()) == 'C(x=1, y=[])'",
    'typing': "T = typing.TypeVar('T')\nclass G(typing.Generic[T]): pass\nassert typing.get_type_hints(type('X', (), {'__annotations__': {'a': 'int'}})) == {'a': int}\n"
              "class P(typing.Protocol): pass\nclass N(typing.NamedTuple):\n    a: int\nassert N(1).a == 1",
    'collections': "assert collections.Counter('aab').most_common(1) == [('a', 2)]\nP = collections.namedtuple('P', 'x y')\nassert P(1, 2)._replace(x=3) == (3, 2)\ncollections.OrderedDict(a=1); collections.deque([1])",
    'itertools': "assert list(itertools.islice(itertools.count(), 3)) == [0, 1, 2]",
    'textwrap': "assert textwrap.dedent('  a\\n  b') == 'a\\nb' and textwrap.fill('a b', 1) == 'a\\nb'",
    'string': "assert string.Template('$a').substitute(a=1) == '1' and string.Formatter().format('{0!r:>4}', 'a') == \" 'a'\"",
    'hashlib': "assert hashlib.sha256(b'').hexdigest()[:6] == 'e3b0c4'; hashlib.md5(b'', usedforsecurity=False); hashlib.blake2b(b'x'); hashlib.pbkdf2_hmac('sha1', b'a', b'b', 1)",
    'hmac': "assert len(hmac.new(b'k', b'm', 'sha256').digest()) == 32",
    'secrets': "assert len(secrets.token_hex(4)) == 8 and secrets.choice([1]) == 1",
    'base64': "assert base64.b64decode(base64.b64encode(b'x')) == b'x' and base64.a85encode(b'x')",
    'csv': "import io\nout = io.StringIO(); csv.DictWriter(out, ['a', 'b']).writerow({'a': 1, 'b': 'x,y'})\nassert list(csv.reader(io.StringIO(out.getvalue()))) == [['1', 'x,y']]; csv.Sniffer().sniff('a;b\\n1;2\\n')",
    'enum': "class E(enum.Enum):\n    A = enum.auto()\nassert E['A'] is E.A\nclass F(enum.IntFlag):\n    X = 1\n    Y = 2\nassert F.X | F.Y == 3",
    'functools': "assert functools.reduce(lambda a, b: a + b, [1, 2]) == 3\n@functools.lru_cache()\ndef f(x): return x\nf(1)\n@functools.singledispatch\ndef g(x): return 0\n@g.register(int)\ndef _(x): return 1\nassert g(1) == 1\n@functools.total_ordering\nclass O:\n    def __lt__(self, other): return True",
    'heapq': "assert heapq.nsmallest(1, [2, 1]) == [1] and list(heapq.merge([1], [0])) == [0, 1]",
    'bisect': "assert bisect.bisect([1, 2], 1) == 1",
    'fractions': "assert fractions.Fraction('1/3') + fractions.Fraction(1, 6) == fractions.Fraction(1, 2)",
    'difflib': "assert list(difflib.unified_diff(['a'], ['b'])) and difflib.get_close_matches('ab', ['abc']) == ['abc']; difflib.HtmlDiff().make_file(['a'], ['b'])",
    'html': "import html.parser, html.entities\nassert html.unescape('&amp;') == '&'\nhtml.parser.HTMLParser().feed('<a b=c>')",
    'unicodedata': "assert unicodedata.name('\\u00e9') and '\\N{BULLET}' == chr(0x2022)",
    'math': "assert math.isqrt(17) == 4", 'cmath': "cmath.sqrt(-1)", 'numbers': "assert isinstance(1, numbers.Integral)", 'operator': "assert operator.itemgetter(0)([1]) == 1",
    'copy': "assert copy.deepcopy({'a': [1]}) == {'a': [1]}\nclass C: pass\ncopy.copy(C())",
    'pickle': "assert pickle.loads(pickle.dumps({'a': (1, {2})})) == {'a': (1, {2})}\nimport collections\nfor p in range(pickle.HIGHEST_PROTOCOL + 1): assert pickle.loads(pickle.dumps(collections.Counter('a'), p)) == {'a': 1}",
    'struct': "assert struct.unpack('<I', struct.pack('<I', 5)) == (5,)", 'array': "assert array.array('i', [1]).tobytes() and copy_of(array.array('i', [1]))",
    'io': "assert io.TextIOWrapper(io.BytesIO(b'a\\nb')).readlines() == ['a\\n', 'b']", 'contextlib': "with contextlib.suppress(KeyError), contextlib.ExitStack(): {}[0]\n@contextlib.contextmanager\ndef m(): yield 1\nwith m() as x: assert x == 1",
    'abc': "class A(abc.ABC):\n    @abc.abstractmethod\n    def f(self): pass", 'types': "types.SimpleNamespace(a=1); types.MappingProxyType({})", 'weakref': "class C: pass\nc = C(); assert weakref.ref(c)() is c; weakref.WeakValueDictionary(a=c)",
    'contextvars': "v = contextvars.ContextVar('v'); contextvars.copy_context().run(v.set, 1)", 'inspect': "assert str(inspect.signature(lambda a, b=1: 0)) == '(a, b=1)'; inspect.getmembers(int)",
    'traceback': "try: 1/0\nexcept ZeroDivisionError: assert 'ZeroDivisionError' in traceback.format_exc()", 'warnings': "with warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always'); warnings.warn('x')\nassert len(w) == 1",
    'logging': "import io\nh = logging.StreamHandler(io.StringIO()); l = logging.getLogger('x'); l.addHandler(h); l.error('%s', 1)\nassert h.stream.getvalue() == '1\\n'",
    'argparse': "p = argparse.ArgumentParser(prog='x'); p.add_argument('--n', type=int)\nassert p.parse_args(['--n', '3']).n == 3; p.format_help()", 'configparser': "c = configparser.ConfigParser(); c.read_string('[a]\\nb=1'); assert c.getint('a', 'b') == 1",
    'calendar': "assert calendar.monthrange(2024, 2)[1] == 29; calendar.TextCalendar().formatmonth(2024, 2)", 'locale': "locale.localeconv(); locale.setlocale(locale.LC_NUMERIC)", 'gettext': "assert gettext.gettext('a') == 'a'",
    'ipaddress': "assert ipaddress.ip_address('::1').is_loopback", 'uuid': "assert uuid.uuid5(uuid.NAMESPACE_DNS, 'x') and uuid.uuid4()", 'zlib': "assert zlib.decompress(zlib.compress(b'x')) == b'x'",
    'gzip': "assert gzip.decompress(gzip.compress(b'x')) == b'x'", 'bz2': "assert bz2.decompress(bz2.compress(b'x')) == b'x'", 'lzma': "assert lzma.decompress(lzma.compress(b'x')) == b'x'",
    'xml.etree.ElementTree': "e = xml.etree.ElementTree.fromstring('<a><b c=\"d\"/></a>')\nassert e.find('.//b[@c]').get('c') == 'd'; xml.etree.ElementTree.tostring(e)", 'xml.dom.minidom': "assert xml.dom.minidom.parseString('<a/>').toxml()",
    'urllib.parse': "assert urllib.parse.urlsplit('http://a/b?c=d').query == 'c=d' and urllib.parse.quote('\\u00e9')", 'http': "assert http.HTTPStatus(404).phrase == 'Not Found'", 'http.cookies': "http.cookies.SimpleCookie('a=b')['a']['expires'] = 1; str(http.cookies.SimpleCookie('a=b'))",
    'email.message': "m = email.message.EmailMessage(); m['Subject'] = 'x'; m.set_content('\\u00e9'); m.as_bytes()", 'email': "assert email.message_from_string('A: b\\n\\nc')['a'] == 'b'", 'email.utils': "email.utils.format_datetime(email.utils.parsedate_to_datetime('Mon, 20 Nov 1995 19:12:08 -0500'))",
    'graphlib': "assert list(graphlib.TopologicalSorter({1: {2}}).static_order()) == [2, 1]", 'pprint': "assert pprint.pformat({1: 2}) == '{1: 2}'", 'reprlib': "reprlib.repr('x' * 99)", 'queue': "q = queue.Queue(); q.put(1); assert q.get() == 1", 'sched': "sched.scheduler().run()",
    'shlex': "assert shlex.split('a \"b c\"') == ['a', 'b c']", 'fnmatch': "assert fnmatch.fnmatchcase('a.py', '*.py')", 'keyword': "assert keyword.iskeyword('if')", 'tokenize': "import io\nassert list(tokenize.generate_tokens(io.StringIO('a = 1').readline))", 'ast': "assert ast.literal_eval('[1]') == [1] and ast.parse('a')",
    'codecs': "assert codecs.encode('a', 'rot13') == 'n' and 'x'.encode('cp1252') and 'x'.encode('utf-7') and '\\u3042'.encode('euc_jp') and codecs.encode(b'a', 'base64')", 'binascii': "assert binascii.hexlify(b'a') == b'61'", 'colorsys': "colorsys.rgb_to_hls(1, 0, 0)",
    'unittest': "class T(unittest.TestCase):\n    def test(self): self.assertEqual(1, 1)\nassert unittest.TestSuite([T('test')]).run(unittest.TestResult()).wasSuccessful()", 'unittest.mock': "assert unittest.mock.Mock(return_value=1)() == 1", 'doctest': "assert doctest.DocTestParser().get_examples('>>> 1\\n1')",
    'zoneinfo': "zoneinfo.ZoneInfo.__name__", 'platform': "platform.python_version(); platform.system()", 'sys': "sys.version_info", 'sysconfig': "sysconfig.get_python_version(); sysconfig.get_config_var('EXT_SUFFIX')", 'timeit': "timeit.timeit('1', number=1)", 'atexit': "atexit.register(int)",
    'importlib': "assert importlib.import_module('json').loads('1') == 1", 'importlib.resources': "importlib.resources.__name__", 'importlib.metadata': "try: importlib.metadata.version('no-such')\nexcept importlib.metadata.PackageNotFoundError: pass", 'pkgutil': "assert pkgutil.resolve_name('json:loads')",
    'plistlib': "assert plistlib.loads(plistlib.dumps({'a': 1})) == {'a': 1}", 'quopri': "quopri.encodestring(b'a=')", 'stringprep': "stringprep.in_table_a1('a')", 'symtable': "symtable.symtable('a=1', 'f', 'exec')", 'pickletools': "pickletools.genops(b'N.')", 'wsgiref.util': "wsgiref.util.shift_path_info({'PATH_INFO': '/a', 'SCRIPT_NAME': ''})", 'mimetypes': "assert mimetypes.MimeTypes(()).guess_type('a.html')[0] == 'text/html'", 'optparse': "optparse.OptionParser(prog='x')", 'getopt': "getopt.getopt([], '')", 'cmd': "cmd.Cmd", 'errno': "errno.ENOENT", 'stat': "stat.S_IFREG", 'wave': "wave.Error",
}

_UNDER_A_POLICY = '''
import json as _json, sys
sys.modules['script'] = type(sys)('script')
failures = {{}}
for name, code in _json.loads({uses!r}).items():
    try:
        space = {{'__name__': 'script', 'copy_of': lambda x: __import__('copy').deepcopy(x)}}
        exec(compile(f'import {{name}}\\n{{code}}', f'<{{name}}>', 'exec'), space)
    except BaseException as error:
        failures[name] = f'{{type(error).__name__}}: {{error}}'
print(_json.dumps(failures))
'''


def plain_modules():
    """Every module of the standard library that Restricted allows and that can be imported here."""
    names = list(sys.builtin_module_names)

    def walk(folders, prefix):
        for info in pkgutil.iter_modules(folders, prefix):
            tail = info.name.rpartition('.')[2]
            if tail in ('__main__', 'test', 'tests', 'this') or powerful(info.name) and not any(name.startswith(info.name + '.') for name in POWERFUL):
                continue
            names.append(info.name)
            if info.ispkg:
                walk([os.path.join(LIBRARY, info.name.replace('.', os.sep))], info.name + '.')

    walk([LIBRARY, os.path.join(LIBRARY, 'lib-dynload')], '')
    top = set(library_names())
    names = [name for name in dict.fromkeys(names) if not powerful(name) and name.partition('.')[0] in top and all(part.isidentifier() for part in name.split('.'))]
    program = 'import sys\nfor name in sys.argv[1:]:\n    try: __import__(name)\n    except BaseException: continue\n    print("imports", name)'
    listed = subprocess.run([sys.executable, '-I', '-S', '-W', 'ignore', '-c', program, *names], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return re.findall('^imports (.+)$', listed, re.M)


class AllowedTests(unittest.TestCase):

    def succeeds(self, code, **options):
        exit_code, output, errors = run(code, **options)
        self.assertEqual(0, exit_code, errors)
        return output

    def test_every_plain_module_can_be_imported(self):
        names = plain_modules()
        self.assertGreater(len(names), 250)
        code = ('import sys\nerrors = []\n'
                f'for name in {names!r}:\n    try: exec("import " + name, {{"__name__": "script"}})\n    except BaseException as error: errors.append((name, str(error)))\n'
                'sys.stdout.write("errors: %r" % errors)')
        output = self.succeeds(code, restricted=True)
        self.assertEqual('errors: []', output.rpartition('\n')[2] if 'errors' in output.rpartition('\n')[2] else output)

    def test_what_scripts_do_works(self):
        import json
        uses = {name: code for name, code in USES.items() if importlib.util.find_spec(name.partition('.')[0])}
        self.assertGreater(len(uses), 85)
        output = self.succeeds(_UNDER_A_POLICY.format(uses=json.dumps(uses)), restricted=True)
        self.assertEqual({}, json.loads(output))

    def test_what_scripts_do_works_under_an_allow_list_of_just_that(self):
        for name in ('datetime', 'decimal', 'csv', 're', 'dataclasses', 'random', 'statistics', 'hashlib', 'string', 'fractions', 'enum', 'email.message', 'difflib'):
            with self.subTest(name):
                code = USES[name].replace('import io\n', '').replace('io.StringIO', 'StringIO') if name == 'csv' else USES[name]
                self.succeeds(f'import {name}\n{code}', restricted=True, allow=[name], before='from io import StringIO; import builtins; builtins.StringIO = StringIO')

    def test_what_pickle_names_by_private_modules_works_under_an_allow_list_of_the_public_ones(self):
        code = ('import pickle, datetime, operator, functools\n'
                'for value in b"x", bytearray(b"x"), datetime.datetime(2024, 2, 29), operator.add, functools.reduce:\n'
                '    for protocol in range(pickle.HIGHEST_PROTOCOL + 1): assert pickle.loads(pickle.dumps(value, protocol)) == value')
        self.succeeds(code, restricted=True, allow=['pickle', 'datetime', 'operator', 'functools'])

    def test_generic_classes_and_other_syntax_need_no_module(self):
        self.succeeds('from __future__ import annotations\nclass A: x: int\nasync def f(): yield 1\nf"{1:>3}"\nb"".decode("cp500")\n"\\N{BULLET}"', restricted=True, allow=['x'])
        if sys.version_info >= (3, 12):
            self.succeeds('class A[T]: pass\ndef f[T](x: T) -> T: return x\ntype X[T] = list[T]\nX.__value__', restricted=True, allow=['x'])

    def test_inner_imports_of_what_is_denied_work(self):
        self.succeeds('import http.cookies, logging, tokenize, random\n'
                      'import unittest.mock, importlib.metadata, importlib.resources', restricted=True)
        self.succeeds('import http.client, tempfile, asyncio, multiprocessing.pool\nassert asyncio.run(asyncio.sleep(0, 5)) == 5\ntempfile.TemporaryFile().close()',
                      deny=['socket', 'ssl', 'subprocess', 'threading', 'os', 'io', 'random'])

    def test_import_statements_of_importlib_itself_are_free(self):
        before = ('pyembed.mount({"mygame/__init__.py": "x = 1\\n", "mygame/bad.py": "def f():\\n    return {}[\'key\']\\nf()\\n"}, "memory://game")\n'
                  'import builtins, traceback, inspect; builtins.traceback, builtins.inspect = traceback, inspect')
        self.succeeds('import mygame\ntry: import mygame.bad\nexcept KeyError: text = traceback.format_exc()\n'
                      'assert mygame.__loader__.get_source("mygame") == "x = 1\\n" and "return {}" in text and inspect.getsource(mygame) == "x = 1\\n"',
                      restricted=True, allow=['mygame'], before=before)
        self.succeeds('import importlib.resources as r\nassert "class JSONDecoder" in r.files("json").joinpath("decoder.py").read_text()', restricted=True)


class StoppedTests(unittest.TestCase):
    """What looks like something else than it is."""

    def check(self, code, **options):
        exit_code, output, errors = run(f'got = None\ntry:\n    {code}\nexcept ImportError as error: print(error.rule)\nelse: print("gained", got)', **options)
        return output or errors

    def test_a_name_with_separators(self):
        before = ('import os, tempfile, zipfile; place = os.path.join(tempfile.mkdtemp(), "z.zip")\n'
                  'with zipfile.ZipFile(place, "w") as file: file.writestr("zsecret/__init__.py", ""); file.writestr("zsecret/sub.py", "T = 1")\n'
                  'import zlib; sys.path.append(place)')
        code = 'got = __import__("zsecret/sub").T'
        self.assertEqual("Deny names 'zsecret'\n", self.check(code, deny=['zsecret'], before=before))
        self.assertEqual("Deny names 'zsecret.sub'\n", self.check(code, deny=['zsecret.sub'], before=before))
        self.assertEqual('gained 1\n', self.check(code, deny=['other'], before=before))

    def test_modules_that_c_code_has_put_there_without_a_spec(self):
        code = 'import pyexpat; import pyexpat.errors as got; got = got.__name__'
        self.assertEqual("Deny names 'pyexpat.errors'\n", self.check(code, deny=['pyexpat.errors']))
        self.assertEqual('gained pyexpat.errors\n', self.check(code, deny=['pyexpat.model']))
        self.assertEqual("Deny names 'xml.parsers.expat.model'\n", self.check('import xml.parsers.expat; import xml.parsers.expat.model', deny=['xml.parsers.expat.model']))

    def test_modules_of_a_mount_that_are_named_like_those_that_the_language_needs(self):
        before = ('pyembed.mount({"_codecs_mine.py": "", "_sysconfigdata_mine.py": "", "encodings/mine.py": ""}, "memory://game")\n'
                  'import importlib.util, builtins, sysconfig; builtins.u, builtins.sysconfig = importlib.util, sysconfig')
        for name in '_codecs_mine', '_sysconfigdata_mine':
            self.assertEqual('Allow does not name it\n', self.check(f'import {name}', allow=['mine'], before=before))
        self.assertEqual('Allow does not name it\n', self.check('spec = u.spec_from_file_location("mine", "memory://game/encodings/mine.py"); u.module_from_spec(spec); '
                                                                'spec.loader.exec_module(u.module_from_spec(spec))', allow=['mine'], before=before))
        for options in {'restricted': True}, {'files': False, 'restricted': True}, {}:
            self.assertEqual('gained True\n', self.check('"x".encode("cp500"), "x".encode("big5"), sysconfig.get_config_var("EXT_SUFFIX"); got = True', allow=['mine'], before=before, **options))

    def test_that_others_have_left_sys_modules_hides_nothing(self):
        code = 'import sys\n    del sys.modules["keyword"], sys.modules["opcode"]\n    import pyexpat; import pyexpat.errors as got; got = got.__name__'
        self.assertEqual("Deny names 'pyexpat.errors'\n", self.check(code, deny=['pyexpat.errors'], before='import keyword, opcode'))
        self.assertEqual('gained pyexpat.errors\n', self.check(code, deny=['pyexpat.model'], before='import keyword, opcode'))

    def test_a_loader_whose_path_was_changed(self):
        before = 'pyembed.mount({"mygame/__init__.py": "", "secretmod/__init__.py": "S = 42"}, "memory://game")'
        code = 'import mygame; L = mygame.__loader__; L.path = L.path.replace("mygame", "secretmod"); L.exec_module(mygame); got = mygame.S'
        self.assertIn('is not where that reads from', self.check(code, restricted=True, allow=['mygame'], before=before))
        self.assertIn('is not where that reads from', self.check('import sys; L = sys.modules["mygame"].__loader__; L.path = "/somewhere/mygame.py"; L.get_code("mygame")',
                                                                 restricted=True, allow=['*', 'sys'], before=before + '\nimport mygame'))

    def test_a_relative_path_of_a_file_where_the_file_system_is_off(self):
        before = 'import importlib.machinery, os, tempfile, types\nos.chdir(tempfile.mkdtemp())\nopen("mine.py", "w").write("S = 1")\nimport builtins; builtins.L, builtins.types = importlib.machinery.SourceFileLoader, types'
        code = 'got = types.ModuleType("mine"); L("mine", "mine.py").exec_module(got); got = got.S'
        self.assertIn('PythonOptions.FileSystem is off', self.check(code, deny=['other'], before=before, files=False))
        self.assertEqual('gained 1\n', self.check(code, deny=['other'], before=before))

    def test_a_spec_whose_attributes_are_code(self):
        code = ('import _imp, functools, sys; b = sys.modules["_frozen_importlib"]\n'
                '    class Evil(type(sys.__spec__)):\n        name = property(functools.partial(__import__, "socket"))\n        loader = sys.__loader__\n        def __init__(self): pass\n'
                '    try: b._call_with_frames_removed(_imp.create_builtin, Evil())\n    except TypeError: pass')
        self.assertEqual("Deny names 'socket'\n", self.check(code, deny=['socket']))

    def test_a_denied_module_is_marked_before_anyone_can_see_it_loaded(self):
        code = ("import sys\n"
                "def look(frame, event, argument):\n"
                "    if event == 'return' and frame.f_code.co_name == '_load_unlocked' and 'html.entities' in sys.modules:\n"
                "        try: import html.entities\n"
                "        except ImportError as error: seen.append(error.rule)\n"
                "        else: seen.append('gained')\n"
                "seen = []\nsys.setprofile(look)\nimport html\nsys.setprofile(None)\nprint(set(seen))")
        before = 'for name in "html", "html.entities": sys.modules.pop(name, None)'
        exit_code, output, errors = run(code, deny=['html.entities'], before=before)
        self.assertEqual("{\"Deny names 'html.entities'\"}\n", output, errors)
        self.assertEqual("{'gained'}\n", run(code, deny=['other'], before=before)[1])

    def test_every_name_may_be_denied(self):
        self.assertEqual("Deny names '_io'\n", self.check('import _io', deny=['_io']))
        self.assertEqual("Deny names '*'\n", self.check('import mine', deny=['*'], before='pyembed.mount({"mine.py": ""})'))

    def test_what_the_host_imports_for_itself_is_free_and_denied_to_scripts(self):
        before = 'pyembed.mount({"finding.py": "import socket\\nclass Finder:\\n    def find_spec(*_): pass"}); from pyembed import _importers'
        code = 'import sys; sys.modules["pyembed._importers"].install([("finding:Finder", None)]); got = "socket" in sys.modules; print(got); import socket'
        self.assertEqual("True\nDeny names 'socket'\n", self.check(code, deny=['socket'], before=before))


class ErrorTests(unittest.TestCase):

    def fails(self, code, **options):
        exit_code, output, errors = run(code, **options)
        self.assertEqual(1, exit_code, output)
        return errors

    def test_the_error_names_the_module_the_rule_and_who_asked(self):
        code = 'try:\n    import socket\nexcept ImportError as e: print(type(e).__name__, e.name, e.rule, "|", e)'
        exit_code, output, errors = run(code, deny=['socket'])
        position = 'line 2, column 5' if sys.version_info >= (3, 11) else 'line 2'
        self.assertEqual(f"ImportError socket Deny names 'socket' | import of 'socket' is denied by the import policy: Deny names 'socket'; asked for by script (script.py, {position})\n",
                         output, errors)

    def test_who_asked_is_the_script_and_not_the_library(self):
        for code in ('import importlib; importlib.import_module("socket")', 'import pkgutil; pkgutil.resolve_name("socket")', 'import pickle; pickle.loads(b"csocket\\nsocket\\n.")'):
            self.assertIn('asked for by script (script.py, line 1', self.fails(code, deny=['socket']))

    def test_tracebacks_are_those_of_CPython(self):
        errors = self.fails('def f():\n    import socket\nf()', deny=['socket'])
        self.assertEqual(['<module>', 'f'], re.findall(r'File "script.py", line \d+, in (.+)', errors))
        self.assertNotIn('importlib', errors)
        self.assertNotIn('_policy', errors)

    def test_what_a_module_raises_stays_what_it_was(self):
        before = 'pyembed.mount({"broken.py": "import math\\n1/0", "outer/__init__.py": "from . import inner", "outer/inner.py": "import broken"})'
        errors = self.fails('import outer', deny=['socket'], before=before)
        self.assertIn('ZeroDivisionError: division by zero', errors)
        self.assertNotIn('importlib', errors)
        self.assertEqual(4, len(re.findall(r'File "[^"]*(?:script|broken|inner|__init__)\.py"', errors)), errors)

    def test_what_is_not_there_is_what_it_was(self):
        errors = self.fails('import nowhere.at_all', deny=['socket'])
        self.assertIn("ModuleNotFoundError: No module named 'nowhere'", errors)
        self.assertNotIn('importlib', errors)

    def test_a_denied_import_leaves_nothing_behind(self):
        exit_code, output, errors = run('import sys\nfor _ in range(2):\n    try: import holder.bad\n    except ImportError as e: print(e.name)\nprint([n for n in sys.modules if "holder" in n or n == "colorsys"])',
                                        deny=['colorsys'], before='pyembed.mount({"holder/__init__.py": "", "holder/bad.py": "import colorsys"})')
        self.assertEqual("colorsys\ncolorsys\n['holder']\n", output, errors)


# Mounts a tree that has bytecode, as those have that an assembly embeds.
_COMPILED = '''
import marshal
from pyembed._importer import CACHE_SUFFIX, UNCHECKED

def mount(sources):
    files = {}
    for path, source in sources.items():
        folder, _, name = path.rpartition("/")
        files[path] = source
        files[f"{folder}/__pycache__/{name[:-3]}{CACHE_SUFFIX}"] = UNCHECKED + bytes(8) + marshal.dumps(compile(source, path, "exec"))
    return pyembed.mount(files)

root = mount({"game/__init__.py": "", "game/one.py": "N = 1", "game/two.py": "N = 2", "game/bad.py": "def f():\\n    1/0\\nf()",
              "game/asks.py": "import colorsys", "hidden/__init__.py": "", "hidden/mod.py": "N = 42"})
'''


class BytecodeTests(unittest.TestCase):
    """Trees with bytecode, whose modules go a short way once all in their folder is known to be allowed."""

    def run_open(self, code, **options):
        """Run a script that has imported two modules of the package."""
        return run('import game.one, game.two\nassert (game.one.N, game.two.N) == (1, 2)\n' + code, before=_COMPILED + options.pop('before', ''), **options)

    def test_what_is_denied_is_denied_beside_what_is_allowed(self):
        code = 'try: import game.asks\nexcept ImportError as e: print(e.rule, e.asked_by[0])\ntry: import hidden.mod\nexcept ImportError as e: print(e.rule)'
        exit_code, output, errors = self.run_open(code, deny=['colorsys', 'hidden'])
        self.assertEqual("Deny names 'colorsys' game.asks\nDeny names 'hidden'\n", output, errors)
        exit_code, output, errors = self.run_open('try: import game.bad\nexcept ImportError as e: print(e.rule)', deny=['game.bad'])
        self.assertEqual("Deny names 'game.bad'\n", output, errors)
        exit_code, output, errors = self.run_open(code + '\nprint(hidden.mod.N)', deny=['other'])
        self.assertEqual('42\n', output, errors)

    def test_a_loader_reads_from_its_folder_whatever_its_path(self):
        code = ('L = game.two.__loader__; L.path = L.path.replace("game", "hidden").replace("two", "mod"); L.exec_module(game.two); print(game.two.N)\n'
                'for read in L._compile, L.get_code:\n    try: print(read("game.two"))\n    except ImportError as e: print(e.rule.partition(" is ")[2][:5])\n'
                'L._code = None\ntry: L.exec_module(game.two)\nexcept ImportError as e: print("refused")\nprint(game.two.N)')
        exit_code, output, errors = self.run_open(code, deny=['hidden'])
        self.assertEqual('2\nnot w\nnot w\nrefused\n2\n', output, errors)

    def test_a_loader_that_is_put_together_from_others_is_looked_at(self):
        start = ('import types\nL = game.two.__loader__; folder, was = L._folder, L._code\n'
                 'mod = was.replace("two", "mod"); record = folder.tree.bytecode("hidden")[mod]\n')
        for other in ('type(L)("x", "/x/y.py", folder, CODE)', 'type(L)("game.two", L.path, folder, CODE)', 'L',
                      'type(L)("hidden.mod", L.path.replace("game", "hidden").replace("two", "mod"), folder, CODE)'):
            for code in 'record', 'mod', '"../../hidden/__pycache__/" + mod', 'memoryview(__import__("struct").pack("3Q", *record)).cast("Q")':
                with self.subTest(other, code=code):
                    script = (f'{start}other = {other.replace("CODE", code)}; other._code = {code}\nfor run in other.exec_module, lambda m: exec(other.get_code(other.name), vars(m)):\n'
                              '    module = types.ModuleType(other.name)\n    try: run(module)\n    except Exception: pass\n    print(vars(module).get("N") == 42)')
                    self.assertEqual((0, 'False\nFalse\n', ''), self.run_open(script, deny=['hidden']))
        script = ('import importlib.util, types\nL = importlib.util.find_spec("hidden").loader; L._folder = game.two.__loader__._folder\n'
                  'module = types.ModuleType("hidden")\ntry: L.exec_module(module)\nexcept ImportError: pass\nprint("SECRET" in vars(module))')
        before = 'pyembed.unmount(root); root = mount({"game/__init__.py": "", "game/one.py": "N = 1", "game/two.py": "N = 2", "hidden/__init__.py": "SECRET = 1"})'
        self.assertEqual((0, 'False\n', ''), self.run_open(script, before=before, deny=['hidden']))
        self.assertEqual((0, 'True\n', ''), self.run_open(script.replace('L._folder = ', 'other = '), before=before, policy=False))

    def test_tracebacks_are_those_of_CPython(self):
        traces = []
        for policy in ({}, {'deny': ['colorsys']}):
            exit_code, output, errors = self.run_open('import game.bad', **policy)
            self.assertIn('ZeroDivisionError', errors)
            traces.append(re.findall(r'File "[^"]*?(\w+\.py)", line (\d+), in (.+)', errors))
            self.assertNotIn('importlib', errors)
        self.assertEqual(*traces)

    def test_a_module_that_is_not_found_is_explained_once(self):
        exit_code, output, errors = self.run_open('import game.nowhere', deny=['colorsys'], files=False, before='import pyembed._places, pyembed._store')
        self.assertIn("ModuleNotFoundError: No module named 'game.nowhere'; looked in: ", errors)
        self.assertEqual(1, errors.count('asked for by script (script.py, line 3'), errors)

    def test_a_tree_that_is_no_longer_mounted_is_let_go(self):
        code = ('import gc, sys\np = sys.modules["pyembed"]\ndef trees(): return sum(type(o).__name__ == "Tree" and o.root == root for o in gc.get_objects())\n'
                'assert trees() == 1\np.unmount(root)\nfor name in [n for n in sys.modules if n.startswith("game")]: del sys.modules[name]\n'
                'del game; gc.collect()\nimport next.one, next.two; gc.collect(); print(trees())')
        before = ('import builtins; builtins.root = root; mount({"next/__init__.py": "", "next/one.py": "", "next/two.py": ""})')
        exit_code, output, errors = self.run_open(code, deny=['colorsys'], before=before)
        self.assertEqual('0\n', output, errors)


class ApplyTests(unittest.TestCase):

    def test_one_policy_an_interpreter(self):
        exit_code, output, errors = run('import sys; p = sys.modules["pyembed._policy"]\np.apply(False, None, ["socket"])\n'
                                        'try: p.apply(False, None, [])\nexcept ValueError as e: print(e)', deny=['socket'])
        self.assertEqual('another import policy applies to this interpreter already\n', output, errors)

    def test_lifting_it_leaves_importlib_as_it_was(self):
        code = ('import sys; p = sys.modules["pyembed._policy"]; p.lift()\n'
                'import socket, os, _frozen_importlib as b\nassert b._find_and_load.__code__.co_filename.startswith("<frozen") and b._find_and_load.__module__ != p.__name__\n'
                'assert not os.__spec__._initializing\nfrom importlib.machinery import BuiltinImporter, SourceFileLoader\n'
                'assert BuiltinImporter.load_module("posix" if os.name == "posix" else "nt") and SourceFileLoader.exec_module.__module__ != p.__name__\nprint("as it was")')
        exit_code, output, errors = run(code, deny=['socket', 'os'])
        self.assertEqual('as it was\n', output, errors)

    def test_threads_that_import_at_once(self):
        code = ('import threading, importlib\nfailures = []\n'
                'def work():\n    for name in ("json", "xml.dom.minidom", "email.message", "http.client", "concurrent.futures", "unittest.mock"):\n'
                '        try: importlib.import_module(name)\n        except BaseException as e: failures.append(e)\n'
                '        try: importlib.import_module("socket")\n        except ImportError: pass\n        else: failures.append("socket")\n'
                'threads = [threading.Thread(target=work) for _ in range(8)]\n[t.start() for t in threads]; [t.join() for t in threads]\nassert not failures, failures\n')
        exit_code, output, errors = run(code, deny=['socket'])
        self.assertEqual(0, exit_code, errors)

    def test_without_a_policy_nothing_of_it_is_imported(self):
        program = f'import sys; sys.path.insert(0, {PACKAGE!r}); import pyembed; print([n for n in sys.modules if "_policy" in n or "_rules" in n or "_powerful" in n])'
        result = subprocess.run([sys.executable, '-I', '-S', '-c', program], stdout=subprocess.PIPE, text=True)
        self.assertEqual('[]\n', result.stdout)


if __name__ == '__main__':
    unittest.main()
