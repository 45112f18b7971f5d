"""A project built to HTML, text and man pages: extensions, autodoc over an embedded package, a theme, a search index."""

import io
import pathlib

import sphinx
from sphinx.application import Sphinx

source = pathlib.Path("source")
source.mkdir()
(source / "conf.py").write_text("""
project = 'P'
author = 'A'
extensions = ['sphinx.ext.autodoc', 'sphinx.ext.autosummary', 'sphinx.ext.viewcode', 'sphinx.ext.napoleon', 'sphinx.ext.todo', 'sphinx.ext.graphviz']
html_last_updated_fmt = None
html_theme = 'alabaster'
language = 'de'
""")
(source / "index.rst").write_text("""
Title
=====

.. toctree::

   other

:ref:`label` and :py:func:`toolz.itertoolz.groupby`, a |version| and :math:`a^2`

.. todo:: something

.. code-block:: python
   :linenos:

   x = 1
""")
(source / "other.rst").write_text("""
.. _label:

Other
-----

.. index:: word

.. automodule:: toolz.dicttoolz
   :members: merge, valmap

.. glossary::

   term
     what it means
""")
for builder in ("html", "text", "man", "latex", "pseudoxml", "epub"):
    status, warnings = io.StringIO(), io.StringIO()
    app = Sphinx(str(source), str(source), "out/" + builder, "doctrees", builder, status=status, warning=warnings, freshenv=True)
    app.build()
    print(builder, app.statuscode, sorted(place.name for place in pathlib.Path("out", builder).iterdir()))
page = pathlib.Path("out/html/other.html").read_text()
print("toolz.dicttoolz.merge" in page, page.count("<dt"), (pathlib.Path("out/html/_static/alabaster.css").stat().st_size > 1000))
print(pathlib.Path("out/text/index.txt").read_text(), pathlib.Path("out/text/other.txt").read_text())
