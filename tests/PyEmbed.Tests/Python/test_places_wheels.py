"""Packages of others that read their own folders, from their own wheels; see test_places."""

import os
import shutil
import sys
import tempfile
import textwrap
import unittest

from support import CACHE, archive, run_python
from test_places import APP, file_users

WHEELHOUSE = os.environ.get('PYEMBED_WHEELHOUSE', '')


def wheels(*names):
    """The folders of the wheelhouse's pure-Python wheels, unpacked; None where one is missing."""
    import glob
    import zipfile
    folders = []
    for name in names:
        found = glob.glob(os.path.join(WHEELHOUSE, f'{name}-*-py3-none-any.whl')) if WHEELHOUSE else []
        if not found:
            return None
        with zipfile.ZipFile(found[0]) as wheel:
            folders.append({path: wheel.read(path) for path in wheel.namelist() if not path.endswith('/')})
    return folders


class RealPackagesTest(unittest.TestCase):
    """Django's and Jinja's own wheels, each use in a process of its own."""

    def use(self, names, code, app=None):
        folders = wheels(*names)
        if folders is None:
            self.skipTest(f'PYEMBED_WHEELHOUSE names no folder with wheels of {", ".join(names)}')
        place = os.path.realpath(tempfile.mkdtemp(dir=CACHE))
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        for number, files in enumerate([*folders, *([app] if app else [])]):
            with open(os.path.join(place, f'{number}.zip'), 'wb') as file:
                file.write(archive(files, f'real{number}', placement='library', file_users=file_users(files)))
        return run_python(textwrap.dedent('''
            import os, sys
            from pyembed import _importer
            import pyembed
            place = sys.argv[1]
            _importer._store = os.path.join(place, 'store')
            for name in sorted(os.listdir(place)):
                with open(os.path.join(place, name), 'rb') as file:
                    _importer.mount_view(memoryview(file.read()), name)
            ''') + textwrap.dedent(code), place).stdout

    @unittest.skipIf(sys.version_info < (3, 10), 'these wheels are for newer Pythons')
    def test_jinja(self):
        out = self.use(['jinja2'], '''
            import types
            markup = sys.modules['markupsafe'] = types.ModuleType('markupsafe')     # its wheel is not pure
            class Markup(str):
                def __html__(self): return self
                def join(self, items): return Markup(str(self).join(map(str, items)))
            markup.Markup, markup.escape, markup.soft_str = Markup, Markup, str
            from jinja2 import Environment, FileSystemLoader, PackageLoader
            package = PackageLoader("shop", "templates")
            print(package.list_templates(), Environment(loader=package).get_template("shop/page.html").render())
            import shop
            files = FileSystemLoader(os.path.join(os.path.dirname(shop.__file__), "templates"))
            print(files.list_templates(), Environment(loader=files).get_template("shop/page.html").render())
            ''', APP)
        self.assertEqual(out.split('\n'), ["['shop/page.html'] page"] * 2 + [''])

    @unittest.skipIf(sys.version_info < (3, 10), 'these wheels are for newer Pythons')
    def test_django(self):
        app = {**APP, 'shop/__init__.py': 'urlpatterns = []', 'shop/models.py': 'from django.db import models\n'
               'class Item(models.Model):\n    name = models.CharField(max_length=9)\n',
               'shop/migrations/0001_initial.py': 'from django.db import migrations, models\n'
               'class Migration(migrations.Migration):\n    initial = True\n    operations = [migrations.CreateModel("Item", '
               '[("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=9))])]\n',
               'shop/management/__init__.py': '', 'shop/management/commands/__init__.py': '',
               'shop/management/commands/greet.py': 'from django.core.management.base import BaseCommand\n'
               'class Command(BaseCommand):\n    def handle(self, **options): print("greeted")\n'}
        del app['shop/migrations/0002_more.py']
        out = self.use(['django', 'asgiref', 'sqlparse'], '''
            import io
            import django
            from django.conf import settings
            names = "auth contenttypes admin messages sessions staticfiles".split()
            settings.configure(
                INSTALLED_APPS=["django.contrib." + name for name in names] + ["shop"], LANGUAGE_CODE="de", ROOT_URLCONF="shop",
                DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}, STATIC_URL="/s/",
                TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}])
            django.setup()
            from django.contrib.staticfiles import finders
            from django.core.management import call_command, get_commands
            from django.template.loader import render_to_string
            from django.utils.translation import gettext
            out = io.StringIO()
            call_command("migrate", stdout=out)
            from shop.models import Item
            Item.objects.create(name="x")
            print("Applying shop.0001_initial... OK" in out.getvalue(), Item.objects.count())
            print(render_to_string("shop/page.html"), gettext("Yes"), "greet" in get_commands())
            print([bool(finders.find(name)) for name in ("site.js", "css/site.css", "admin/css/base.css", "none.css")])
            call_command("greet")
            ''', app)
        self.assertEqual(out.split('\n'), ['True 1', 'page Ja True', '[True, True, True, False]', 'greeted', ''])


if __name__ == '__main__':
    unittest.main()
