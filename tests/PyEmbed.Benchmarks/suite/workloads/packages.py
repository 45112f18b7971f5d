"""Real packages, pure and native: what programs that use them do when they start."""

import shutil

from .. import distributions, imports, pyinstaller, rounds

ROWS = ("import-real-*", "import-deflated-vs-stored", "deflated-size-vs-stored",
        "import-networkx-vs-disk", "import-rich-vs-disk", "django-setup-vs-disk", "flask-app-vs-disk",
        "import-numpy-vs-disk", "import-pandas-vs-disk", "import-matplotlib-vs-disk")
OTHERS = ("zip-stored", "zip-deflated", "deferred")
SLOW = ("no-bytecode",)
IN_QUICK_RUNS = ("sympy",)

# package -> (row, what is timed)
SCRIPTS = {
    "sympy": ("import-real-vs-disk", "import sympy\n"),
    "networkx": ("import-networkx-vs-disk", "import networkx\n"),
    "rich": ("import-rich-vs-disk", "import rich.console, rich.table, rich.markdown, rich.progress, rich.syntax, rich.traceback\n"),
    "django": ("django-setup-vs-disk", """\
import django
from django.conf import settings
settings.configure(
    SECRET_KEY='x', ROOT_URLCONF='django.contrib.auth.urls', USE_TZ=True,
    INSTALLED_APPS=['django.contrib.' + name for name in ('admin', 'auth', 'contenttypes', 'sessions', 'messages', 'staticfiles')],
    MIDDLEWARE=['django.contrib.sessions.middleware.SessionMiddleware', 'django.contrib.auth.middleware.AuthenticationMiddleware'],
    TEMPLATES=[{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'APP_DIRS': True}])
django.setup()
from django.urls import reverse
reverse('login')
"""),
    "flask": ("flask-app-vs-disk", """\
import flask
app = flask.Flask('application')
app.add_url_rule('/', 'index', lambda: flask.render_template_string('{{ word }}', word='served'))
if app.test_client().get('/').data != b'served':
    raise SystemExit('the application answers something else')
"""),
    "numpy": ("import-numpy-vs-disk", "import numpy\nif numpy.arange(10).sum() != 45: raise SystemExit('numpy cannot add')\n"),
    "pandas": ("import-pandas-vs-disk", "import pandas\nif pandas.DataFrame({'a': [1, 2]}).a.sum() != 3: raise SystemExit('pandas cannot add')\n"),
    "matplotlib": ("import-matplotlib-vs-disk", """\
import io
import matplotlib
matplotlib.use('agg')
import matplotlib.pyplot
matplotlib.pyplot.plot([1, 2, 3])
matplotlib.pyplot.title('A plot')
matplotlib.pyplot.savefig(io.BytesIO())
"""),
}


def measure(run):
    """Every package for the default CPython and the newest; in a quick run, some for the default one."""
    for python in run.compared[:1] if run.quick else run.compared:
        for package, (row, _) in SCRIPTS.items():
            of_it = [row, *extras()] if package == "sympy" else [row]
            if not run.wants(*of_it) or run.quick and package not in IN_QUICK_RUNS and not run.only:
                continue
            trees, script = prepare(run, python, package)
            if trees is None:
                yield row, python.version, {"skipped": script}
                continue
            # Threads of numerical libraries would count as time of the processor, and matplotlib lists fonts once.
            variables = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MPLCONFIGDIR": str(trees.work / "fonts")}
            if package == "sympy":
                yield from sympy(run, trees, script)
            else:
                figures = rounds.interleave(trees.ways(("disk", "pyembed"), package, script, **variables), run.rounds)
                yield row, python.version, {**rounds.ratio(figures, "pyembed", "disk"), "details": imports.details(figures)}


def prepare(run, python, package):
    """(its packed trees, the script to be timed), or (None, why it is not to be had). Made once a run."""
    work = run.work / "distributions" / ("%s-%s" % (python.version, package))
    place = work / "place"
    trees = imports.Trees(python, work, place)
    text = SCRIPTS[package][1]
    if not place.exists():
        place.mkdir(parents=True)
        why = distributions.install(run, python, package, text, place)
        if why:
            shutil.rmtree(work)
            return None, why
        tops = sorted(entry.name for entry in place.iterdir() if entry.name not in ("bin", "share", "__pycache__"))
        trees.pack({package: {"tops": tops, "kinds": ("deflated", "zip-stored", "zip-deflated") if package == "sympy" else ()}})
    return trees, trees.script("script", text)


def extras():
    """The rows of sympy beside the one that has a budget."""
    return ("import-deflated-vs-stored", "deflated-size-vs-stored", *("import-real-%s-vs-disk" % way for way in (*OTHERS, *SLOW, "pyinstaller")))


def sympy(run, trees, script):
    """The package that has a budget, by every way."""
    version = trees.python.version
    figures = rounds.interleave(trees.ways(("disk", "pyembed", "deflated", *OTHERS), "sympy", script), run.rounds)
    yield "import-real-vs-disk", version, {**rounds.ratio(figures, "pyembed", "disk"), "details": imports.details(figures)}
    yield "import-deflated-vs-stored", version, rounds.ratio(figures, "deflated", "pyembed")
    yield "deflated-size-vs-stored", version, {"ratio": round(float((trees.work / "sympy.size").read_text()), 3)}
    for way in OTHERS:
        yield "import-real-%s-vs-disk" % way, version, rounds.ratio(figures, way, "disk")
    if run.quick and not run.only:
        return
    if run.wants("import-real-no-bytecode-vs-disk"):
        figures = rounds.interleave(trees.ways(("disk", *SLOW), "sympy", script), run.some(3))
        yield "import-real-no-bytecode-vs-disk", version, {**rounds.ratio(figures, "no-bytecode", "disk"), "details": imports.details(figures)}
    if run.wants("import-real-pyinstaller-vs-disk"):
        yield "import-real-pyinstaller-vs-disk", version, pyinstaller.compare(run, trees, "sympy", script, ["sympy", "mpmath"])
